import type { DirectiveSpec } from './schema-types.js';

const levels = ['global'] as const;
const ours = { levels, since: 'ours 0.1', use: 'live' } as const;

/** Directives that stand outside all blocks: the programs that are told what happened. */
const programDirectives: readonly DirectiveSpec[] = [
  {
    ...ours,
    name: 'notify',
    type: 'text',
    default: undefined,
    help: "Program with its arguments that pulse runs when the role of this node changes, when something of it breaks, and when the partner is lost or back. Absolute path, split at blanks, no shell; then come keepalived's words such as `INSTANCE lvs MASTER 100`. See docs/notifications.md.",
  },
  {
    ...ours,
    name: 'notify_server',
    type: 'text',
    default: undefined,
    help: 'Program with its arguments that lvsd runs when a real server goes up or down and when a sorry server comes into use or leaves it. As `notify`.',
  },
  {
    ...ours,
    name: 'notify_wait',
    type: 'boolean',
    default: false,
    help: '1: the addresses are taken only after `notify` was told and has ended, at most notify_timeout later. 0: it is told once they are up, and nothing waits for it.',
  },
  {
    ...ours,
    name: 'notify_standby_wait',
    type: 'boolean',
    default: false,
    help: '1: in a handover, a maintenance standby and a stop of pulse, `notify` is told and has ended before this node says anything of it and lets the addresses go, at most notify_timeout later (5 s at a stop). A move that is forced waits for nothing. 0: it is told once the addresses are down.',
  },
  {
    ...ours,
    name: 'active_cmd_wait',
    type: 'boolean',
    default: false,
    help: '1: the addresses are taken only after active_cmd has ended, at most notify_timeout later. 0: both begin at once.',
  },
  {
    ...ours,
    name: 'inactive_cmd_wait',
    type: 'boolean',
    default: false,
    help: '1: as notify_standby_wait for inactive_cmd. 0: it starts when the addresses begin to go down.',
  },
  {
    ...ours,
    name: 'notify_timeout',
    type: 'seconds',
    unit: 'seconds',
    range: [0.1, 3600],
    default: 60,
    help: 'How long notify, notify_server, active_cmd and inactive_cmd may run. Then their process group gets SIGTERM, and SIGKILL two seconds later.',
  },
  {
    ...ours,
    name: 'notify_user',
    type: 'text',
    default: undefined,
    help: 'User that runs notify, notify_server, active_cmd and inactive_cmd. Absent: the user of the daemon, which is root.',
  },
];

/** Directives that stand outside all blocks: mail. */
const mailDirectives: readonly DirectiveSpec[] = [
  {
    ...ours,
    name: 'mail_to',
    type: 'text',
    default: undefined,
    help: 'Who gets a mail about what `notify` and `notify_server` are told of. Several addresses are separated by commas or blanks, in double quotes. Needs smtp_server.',
  },
  {
    ...ours,
    name: 'mail_from',
    type: 'text',
    default: undefined,
    help: 'Sender of the mails. Absent: piranha@ and the name of the node.',
  },
  {
    ...ours,
    name: 'mail_subject_prefix',
    type: 'text',
    default: '[piranha]',
    help: 'Beginning of every subject; the name of the node follows.',
  },
  {
    ...ours,
    name: 'mail_limit',
    type: 'integer',
    range: [1, 60],
    default: 6,
    help: 'Mails that each daemon sends a minute at most; what happens meanwhile is summed up in the next one.',
  },
  {
    ...ours,
    name: 'smtp_server',
    type: 'text',
    default: undefined,
    help: 'Mail server: `HOST` or `HOST:PORT`, IPv6 as `[ADDRESS]:PORT`. The port is 465 with `smtp_tls = implicit`, else 25.',
  },
  {
    ...ours,
    name: 'smtp_tls',
    type: 'keyword',
    choices: ['starttls', 'implicit', 'none'],
    default: undefined,
    help: 'How the connection to the mail server is encrypted. `starttls`: nothing is sent to a server that does not offer it; `implicit`: from the first byte on; `none`: not at all. Absent: none for a server on this node (127.0.0.0/8, ::1, localhost), else starttls. The certificate is always verified.',
  },
  {
    ...ours,
    name: 'smtp_ca_file',
    type: 'text',
    default: undefined,
    help: 'File with the certificates, PEM, that may sign that of the mail server. Absent: the public authorities that Node.js knows.',
  },
  {
    ...ours,
    name: 'smtp_user',
    type: 'text',
    default: undefined,
    help: 'User name at the mail server. Needs smtp_password_file.',
  },
  {
    ...ours,
    name: 'smtp_password_file',
    type: 'text',
    default: undefined,
    help: 'File whose first line is the password for smtp_user. Nobody but its owner may read it (mode 0600), else no mail is sent. It is read anew for every mail.',
  },
];

/** The directives that tell people and programs what happened, in the order of a formatted file. */
export const notifyDirectives: readonly DirectiveSpec[] = [...programDirectives, ...mailDirectives];
