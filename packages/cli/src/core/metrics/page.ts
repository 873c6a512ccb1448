import { METRICS, type MetricFamily } from './catalogue.js';

const HEAD = `# Metrics
\`lvsctl metrics\` prints what the daemons of this director know in the text format of Prometheus, version 0.0.4. It asks them over
their sockets, as \`lvsctl status\` does; nothing listens on the network, and no daemon does anything for it in between.

For node_exporter's textfile collector:

    * * * * * root lvsctl metrics --output /var/lib/node_exporter/textfile/piranha.prom

\`--output FILE\` writes beside the file and renames, so that nobody reads half of it. A daemon that does not answer is told as
\`piranha_up{process="pulse"} 0\`, and what it would have told is missing; the exit status stays 0, so that the file is always
as new as the last run. Watch its age too (\`node_textfile_mtime_seconds\`).

- What is not known is left out: a server without its first verdict has no \`piranha_server_up\`, one that is not in the table
  no \`piranha_server_weight\`.
- Counters begin at 0 when their process starts; use \`rate()\` or \`increase()\`.
- \`service\` and \`server\` are the names of lvs.cf, \`key\` is the address or mark, \`address\` is ADDRESS:PORT. Label values are cut at
  200 characters, and beyond 10000 servers nothing is told of each (\`piranha_servers_omitted\`).
- Both directors watch the servers: alert on \`piranha_server_up\` of the one with \`piranha_active == 1\`, or on both.
- The table below is made of the code; a test keeps it so.

| what to alert on | expression |
| --- | --- |
| nobody serves | \`sum(piranha_active) == 0\` |
| both serve | \`sum(piranha_active) > 1\`, without groups |
| a group that nobody serves | \`sum by (group) (piranha_group_active) == 0\` |
| a group that both serve | \`sum by (group) (piranha_group_active) > 1\` |
| a daemon is missing | \`piranha_up == 0 unless on (instance, process) piranha_process_wanted == 0\` |
| the partner is silent | \`piranha_partner_state{state="silent"} == 1\` |
| it could not take over | \`piranha_ready == 0\` |
| a takeover | \`increase(piranha_takeovers_total[10m]) > 0\` |
| connections that would be lost | \`piranha_coverage_known_connections / piranha_coverage_connections < 0.9\` |
| a service without servers | \`piranha_service_servers{health="up"} == 0\` |
| checks begin late | \`piranha_probe_lateness_seconds{quantile="0.99"} > 1\` |
`;

/** docs/metrics.md. */
export function metricsPage(): string {
  const rows = Object.entries<MetricFamily>(METRICS).map(
    ([name, { type, help, labels }]) => `| \`${name}\` | ${type} | ${labels.join(', ')} | ${help} |`,
  );
  return [
    HEAD,
    '## All of them',
    '| name | type | labels | what it says |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
