import { afterAll } from 'vitest';
import { authorityFile } from '../../support/zoo/certificates.js';
import { commonKinds, DATAGRAM_KINDS } from '../../support/zoo/kinds.js';
import { localKinds, programScript } from '../../support/zoo/local-kinds.js';
import { describeZoo } from '../../support/zoo/suite.js';

const authority = authorityFile();
const script = programScript();
afterAll(() => {
  authority.remove();
  script.remove();
});

const mayPing = process.getuid?.() === 0;
describeZoo([...commonKinds(authority.path), ...DATAGRAM_KINDS, ...localKinds(script.path, mayPing)]);
