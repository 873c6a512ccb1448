import { afterAll } from 'vitest';
import { PASSWORD } from '../../support/fake-protocols.js';
import { keptFile } from '../../support/zoo/certificates.js';
import { PROTOCOL_KINDS } from '../../support/zoo/kinds.js';
import { loginKinds } from '../../support/zoo/login-kinds.js';
import { describeZoo } from '../../support/zoo/suite.js';

const password = keptFile('password', `${PASSWORD}\n`);
afterAll(() => password.remove());

describeZoo([...PROTOCOL_KINDS, ...loginKinds(password.path)]);
