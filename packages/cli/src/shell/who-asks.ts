import { userInfo } from 'node:os';

/** For the log, not for rights: those are the socket's. */
export function whoAsks(): string {
  const { SUDO_USER } = process.env;
  if (SUDO_USER !== undefined && SUDO_USER !== '') return `${SUDO_USER} (sudo)`;
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
