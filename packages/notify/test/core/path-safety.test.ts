import { describe, expect, it } from 'vitest';
import { findUser } from '../../src/core/passwd.js';
import { type PathElement, unsafeElement } from '../../src/core/path-safety.js';

const directory = (path: string, mode = 0o40755, uid = 0): PathElement => ({
  path,
  uid,
  mode,
  kind: 'directory',
});
const file = (path: string, mode = 0o100755, uid = 0): PathElement => ({ path, uid, mode, kind: 'file' });

describe('a program that root may run', () => {
  it.each([
    ['root alone writes', [directory('/'), directory('/etc'), file('/etc/x')], 0, undefined],
    ['it is the own file of its user', [directory('/'), file('/x', 0o100755, 7)], 7, undefined],
    [
      'it is the file of another user',
      [directory('/'), file('/x', 0o100755, 7)],
      0,
      '/x belongs to the user 7',
    ],
    ['everybody may write it', [file('/x', 0o100757)], 0, '/x may be written by everybody'],
    ['its group may write it', [file('/x', 0o100775)], 0, '/x may be written by its group'],
    [
      'everybody may write a directory above it',
      [directory('/'), directory('/a', 0o40777), file('/a/x')],
      0,
      '/a may be written by everybody',
    ],
    ['the directory is sticky', [directory('/tmp', 0o41777), file('/tmp/x')], 0, undefined],
    ['a sticky file is no sticky directory', [file('/x', 0o101777)], 0, '/x may be written by everybody'],
    [
      'a link of another user leads to it',
      [directory('/tmp', 0o41777), { path: '/tmp/l', uid: 5, mode: 0o120777, kind: 'link' }, file('/x')],
      0,
      '/tmp/l belongs to the user 5',
    ],
  ] as const)('%s', (_, elements, uid, verdict) => expect(unsafeElement(elements, uid)).toBe(verdict));
});

describe('a user of a passwd file', () => {
  const TEXT = 'root:x:0:0:root:/root:/bin/sh\nbad:x:-1:0:::\nweb:x:33:34::/var/www:\nshort:x:5\n';

  it('is found by the whole name', () => {
    expect(findUser(TEXT, 'web')).toEqual({ name: 'web', uid: 33, gid: 34, home: '/var/www' });
    expect(findUser(TEXT, 'we')).toBeUndefined();
  });

  it('is no user without numbers', () => {
    expect(findUser(TEXT, 'bad')).toBeUndefined();
    expect(findUser(TEXT, 'short')).toBeUndefined();
  });
});
