import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserspaceDirector } from '@piranha/ipvs';
import { directorCompliance } from '../../../ipvs/test/support/compliance.js';
import { Engine, serveControl } from '../../src/index.js';
import { memoryLog, VIP } from '../support/harness.js';
import { tcpKey } from '../support/values.js';

directorCompliance('the userspace director', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ipvsu-compliance-'));
  const path = join(directory, 'ipvsu.sock');
  const engine = new Engine({ log: memoryLog(), connectionLimit: 100 });
  const control = await serveControl(path, engine);
  return {
    director: new UserspaceDirector(path),
    key: tcpKey(8080, VIP),
    close: async () => {
      await control.close();
      engine.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
});
