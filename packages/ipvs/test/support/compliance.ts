import { describe, it } from 'vitest';
import { COMPLIANCE } from '../../src/compliance.js';
import type { Director, ServiceKey } from '../../src/index.js';

/** A service key that the backend under test can serve. */
export interface ComplianceSetup {
  readonly director: Director;
  readonly key: ServiceKey;
  /** Ends what the backend needs; the director is closed before. */
  readonly close: () => Promise<void>;
}

/** Every case of the contract as a test. */
export function directorCompliance(name: string, setUp: () => Promise<ComplianceSetup>): void {
  describe(`${name} keeps the Director contract`, () => {
    for (const [title, run] of Object.entries(COMPLIANCE)) {
      it(title, async () => {
        const { director, key, close } = await setUp();
        try {
          await run(director, key);
        } finally {
          await director.close();
          await close();
        }
      });
    }
  });
}
