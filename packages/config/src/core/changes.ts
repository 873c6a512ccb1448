/** One meaning that differs from the original's on purpose. A file that relies on it gets the warning of that code. */
export interface MeaningChange {
  readonly code: string;
  readonly subject: string;
  readonly original: string;
  readonly here: string;
  readonly advice: string;
}

/** Every changed meaning of a file, once: the validator's texts and the documentation come from here. */
export const MEANING_CHANGES = [
  {
    code: 'CF_CHANGED_WEIGHT_ZERO',
    subject: 'weight = 0',
    original: 'raised it to 1',
    here: 'the server is drained: in the table, no new connections',
    advice: 'write weight = 1 to keep the server in use',
  },
  {
    code: 'CF_CHANGED_FWMARK_MERGED',
    subject: 'the fwmark of an earlier block',
    original: 'ignored the second block of a mark',
    here: 'the blocks are one service, with the servers and checks of both',
    advice: 'keep scheduler, persistence and weights equal in all blocks of a mark',
  },
  {
    code: 'CF_CHANGED_REAL_PORT',
    subject: 'a real port that differs from the virtual port under direct routing or tunnelling',
    original:
      'gave the real port to the kernel, which stores the virtual one; a later failure emptied the whole table',
    here: 'the table holds the virtual port, the check uses the real port',
    advice: 'make the ports equal unless the check is meant to use another one',
  },
  {
    code: 'CF_CHANGED_SEND_PROGRAM',
    subject: 'send_program',
    original: 'counted a program that failed or hung as success when expect was set',
    here: 'a program that fails or does not end in time means that the server is down',
    advice:
      'let the program exit with 0 and print what expect says; one newline at the end is dropped, the original cut any last byte',
  },
  {
    code: 'CF_CHANGED_PROGRAM_STATUS',
    subject: 'send_program without expect',
    original: 'never found the server up',
    here: 'the exit status decides, 0 means up',
    advice: 'write what the program prints as expect, if the status alone does not tell',
  },
  {
    code: 'CF_CHANGED_UDP_CHECK',
    subject: 'protocol = udp without expect',
    original: "crashed its nanny with the server's first answer",
    here: 'any answer passes; with neither send nor expect only a refusal fails',
    advice: 'write send and expect for a request that the service answers',
  },
  {
    code: 'CF_CHANGED_BACKSLASH',
    subject: 'a backslash before another character than \\ r n t \' "',
    original: 'looped for ever in the nanny',
    here: 'it stays as it is, so that regular expressions can use it',
    advice: 'write \\\\ for a backslash that is meant literally',
  },
  {
    code: 'CF_CHANGED_EXPECT_READ',
    subject: 'expect as a regular expression or longer than 254 bytes',
    original: 'looked at the first 254 bytes of a single read',
    here: 'the answer is read until it matches, the time is over, or the size limit is reached',
    advice: 'anchor the expression with ^ if only the beginning shall count',
  },
  {
    code: 'CF_CHANGED_HARD_SHUTDOWN',
    subject: 'hard_shutdown',
    original: 'let a dead nanny take all services down (1) or leave its server unwatched (0)',
    here: 'a dead nanny is started again; the word has no effect',
    advice: 'delete the line',
  },
  {
    code: 'CF_CHANGED_BASE_DEVICE',
    subject: 'a device without a label',
    original: 'replaced the main address of the device, and took the device down at the end',
    here: 'the address is added beside the others and removed alone',
    advice: 'write a label, such as eth0:1, to show the address under its own name',
  },
  {
    code: 'CF_CHANGED_SHARED_LABEL',
    subject: 'one device label for two addresses',
    original: 'kept only the address that was set last',
    here: 'both addresses are held',
    advice: 'give each address a label of its own',
  },
  {
    code: 'CF_CHANGED_VIP_MASK',
    subject: 'vip_nmask other than 255.255.255.255',
    original: 'gave the mask to the address, so that the VIP had a route to its whole network',
    here: 'the VIP is added as a single address (/32); the mask is used for its broadcast address alone',
    advice: 'delete the line, and let an address of the device itself make the route',
  },
] as const satisfies readonly MeaningChange[];

export type ChangeCode = (typeof MEANING_CHANGES)[number]['code'];

/** The row of a changed meaning. */
export function meaningChange(code: ChangeCode): MeaningChange {
  return MEANING_CHANGES.find((change) => change.code === code) as MeaningChange;
}
