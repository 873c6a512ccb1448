import { PROTOCOL_KINDS } from '../../support/zoo/kinds.js';
import { describeZoo } from '../../support/zoo/suite.js';

for (const kind of PROTOCOL_KINDS) describeZoo(kind);
