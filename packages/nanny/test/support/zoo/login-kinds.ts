import { GOOD_SERVERS } from '../fake-protocols.js';
import type { NamelessSpec } from '../spec-plan.js';
import { DEEDS, goesAstray } from './astray.js';
import { optionsOf, overTcp, type ZooKind } from './kinds.js';
import type { Animal } from './servers.js';

type Deed = keyof typeof DEEDS;
type Good = keyof typeof GOOD_SERVERS;

/** A server that goes astray at the answer to the first message of the login, and at that to the last one. */
function strays(good: Good, first: number, last: number): Readonly<Record<string, Animal>> {
  const animals: Record<string, Animal> = { works: GOOD_SERVERS[good] };
  for (const deed of Object.keys(DEEDS) as Deed[]) {
    animals[`${deed}, at the login`] = () => goesAstray(GOOD_SERVERS[good](), first, deed);
  }
  if (last === first) return animals;
  for (const deed of Object.keys(DEEDS) as Deed[]) {
    animals[`${deed}, at the end of the login`] = () => goesAstray(GOOD_SERVERS[good](), last, deed);
  }
  return animals;
}

function login(good: Good, spec: NamelessSpec, first: number, last = first): ZooKind {
  return overTcp(`${spec.kind}-login`, optionsOf(spec), { answer: '' }, strays(good, first, last));
}

/** The kinds that log in. `passwordFile` holds the password of the good servers; the numbers are of their messages. */
export function loginKinds(passwordFile: string): readonly ZooKind[] {
  const secret = { user: 'check', passwordFile };
  return [
    login('ftp', { kind: 'ftp', ...secret }, 1, 2),
    login('pop', { kind: 'pop', ...secret }, 1, 2),
    login('imap', { kind: 'imap', ...secret }, 1),
    login('redis', { kind: 'redis', ...secret }, 1, 2),
    login('ldap', { kind: 'ldap', bindDn: 'cn=check', passwordFile, searchBase: 'dc=example' }, 1, 2),
    login('mysql', { kind: 'mysql', ...secret, getServerPublicKey: false }, 1, 2),
    login('postgresql', { kind: 'postgresql', ...secret, database: 'app', auth: 'scram' }, 2, 3),
  ];
}
