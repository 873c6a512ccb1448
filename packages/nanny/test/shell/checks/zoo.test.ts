import { afterAll } from 'vitest';
import { authorityFile } from '../../support/zoo/certificates.js';
import { commonKinds } from '../../support/zoo/kinds.js';
import { describeZoo } from '../../support/zoo/suite.js';

const authority = authorityFile();
afterAll(() => authority.remove());

for (const kind of commonKinds(authority.path)) describeZoo(kind);
