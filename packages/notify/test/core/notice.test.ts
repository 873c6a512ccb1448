import { describe, expect, it } from 'vitest';
import { mailText } from '../../src/core/mail-text.js';
import { quorumNotice, roleNotice, serverNotice, sorryNotice } from '../../src/core/notice.js';

const FACTS = { node: 'primary', holding: true, reason: 'partner dead', vips: ['192.0.2.100'] } as const;
const SERVICE = { name: 'web', address: '192.0.2.100', port: 80, protocol: 'tcp', firewallMark: 0 };
const SERVER = { name: 'one', address: '10.0.0.11', port: 8080 };

describe("a program's words", () => {
  it('are those of keepalived for a role', () => {
    expect(roleNotice('active', FACTS).words).toEqual(['INSTANCE', 'lvs', 'MASTER', '100']);
    const standby = roleNotice('standby', { ...FACTS, node: 'backup', holding: false });
    expect(standby.words).toEqual(['INSTANCE', 'lvs', 'BACKUP', '99']);
    expect(roleNotice('fault', FACTS).words[2]).toBe('FAULT');
    expect(roleNotice('stopped', FACTS).words[2]).toBe('STOP');
    expect(roleNotice('recovered', { ...FACTS, holding: false }).words[2]).toBe('BACKUP');
    expect(roleNotice('partner-lost', FACTS).words).toEqual(['PARTNER', 'lvs', 'LOST', '100']);
  });

  it('are those of keepalived for a server', () => {
    const down = serverNotice(false, { service: SERVICE, server: SERVER, reason: 'timeout' });
    expect(down.words).toEqual(['RS', '[10.0.0.11]:tcp:8080', '[192.0.2.100]:tcp:80', 'DOWN']);
    expect(down.text).toBe('real server web/one (10.0.0.11) is down: timeout');
    const marked = { ...SERVICE, firewallMark: 5 };
    expect(serverNotice(true, { service: marked, server: SERVER, reason: 'x' }).words[2]).toBe('FWM 5');
    expect(sorryNotice(true, SERVICE, '10.0.0.99').words).toEqual([
      'SORRY',
      '[10.0.0.99]:tcp:80',
      '[192.0.2.100]:tcp:80',
      'UP',
    ]);
  });

  it('are those of keepalived for a quorum', () => {
    const lost = quorumNotice(false, SERVICE, 1, 2);
    expect(lost.words).toEqual(['VS', '[192.0.2.100]:tcp:80', 'DOWN']);
    expect(lost.text).toBe('service web has lost its quorum: weight 1 of 2 is up');
    expect(quorumNotice(true, SERVICE, 2, 2).environment.PIRANHA_NOTIFY).toBe('quorum-up');
  });

  it('hold nothing that no argument may hold, whatever the network says', () => {
    const notice = serverNotice(false, { service: SERVICE, server: SERVER, reason: 'said a\0b\nc' });
    expect(notice.environment.PIRANHA_EVENT).toBe('said a\\u0000b\\nc');
  });

  it('come with variables', () => {
    expect(roleNotice('active', FACTS).environment).toMatchObject({
      PIRANHA_NOTIFY: 'active',
      PIRANHA_ROLE: 'active',
      PIRANHA_EVENT: 'partner dead',
      PIRANHA_VIPS: '192.0.2.100',
    });
  });
});

describe('the text of a mail', () => {
  const item = (subject: string) => ({ atMs: 0, line: `12:00 ${subject}`, subject });

  it('names the node and the one thing that happened', () => {
    const { subject, body } = mailText('[piranha]', 'one', [item('server down')], 0);
    expect(subject).toBe('[piranha] one: server down');
    expect(body).toContain('12:00 server down');
  });

  it('sums many up', () => {
    const { subject, body } = mailText('', 'one', [item('a'), item('b')], 7);
    expect(subject).toBe('one: 9 changes, the last: b');
    expect(body.split('\n').slice(0, 3)).toEqual(['7 earlier changes are not listed.', '12:00 a', '12:00 b']);
  });

  it('lets nothing from the network become a header or a line', () => {
    const { subject, body } = mailText('', 'one', [item('a\r\nBcc: x@example.org')], 0);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(body).not.toMatch(/^Bcc:/m);
  });
});
