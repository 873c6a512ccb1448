/** A user as programs need to know it. */
export interface UserEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** The line of a user in a passwd file; undefined where there is none that makes sense. */
export function findUser(passwd: string, name: string): UserEntry | undefined {
  for (const line of passwd.split('\n')) {
    const [user, , uid = '', gid = '', , home = ''] = line.split(':');
    if (user !== name || !/^[0-9]{1,10}$/.test(uid) || !/^[0-9]{1,10}$/.test(gid)) continue;
    return { name, uid: Number(uid), gid: Number(gid), home: home || '/' };
  }
  return undefined;
}
