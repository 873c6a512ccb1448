import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));
const source = (path: string) => `${root}packages/${path}`;

// Unit tests read the sources, so that they need no build; end-to-end tests start the built commands.
const alias = [
  { find: '@piranha/migration/record', replacement: source('migration/src/record.ts') },
  { find: '@piranha/pulse/machines', replacement: source('pulse/src/machines.ts') },
  { find: '@piranha/common/parent-channel', replacement: source('common/src/parent-channel.ts') },
  { find: '@piranha/protocol/beat', replacement: source('protocol/src/beat.ts') },
  {
    find: '@piranha/protocol/heartbeat-advice',
    replacement: source('protocol/src/heartbeat-advice.ts'),
  },
  { find: '@piranha/protocol/durations', replacement: source('protocol/src/durations.ts') },
  { find: '@piranha/protocol/schemas', replacement: source('protocol/src/schemas.ts') },
  {
    find: '@piranha/protocol/maintenance-schemas',
    replacement: source('protocol/src/maintenance-schemas.ts'),
  },
  {
    find: '@piranha/protocol/shared-nanny-schemas',
    replacement: source('protocol/src/shared-nanny-schemas.ts'),
  },
  { find: '@piranha/config/check-files', replacement: source('config/src/check-files.ts') },
  { find: '@piranha/config/load-thread', replacement: source('config/src/load-thread.ts') },
  { find: '@piranha/config/pattern', replacement: source('config/src/pattern.ts') },
  { find: '@piranha/ipvs/compliance', replacement: source('ipvs/src/compliance.ts') },
  { find: '@piranha/events/catalogue', replacement: source('events/src/catalogue.ts') },
  ...readdirSync(source('')).map((name) => ({
    find: new RegExp(`^@piranha/${name}$`),
    replacement: source(`${name}/src/index.ts`),
  })),
];

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts', 'test/tidy/*.test.ts'],
          testTimeout: 60_000,
          // Tests side by side are those of the zoo of broken servers, which wait most of the time.
          maxConcurrency: 16,
        },
      },
      {
        extends: true,
        test: {
          name: 'end-to-end',
          include: ['test/*.test.ts'],
          exclude: ['test/lab.test.ts'],
          // Real processes and real seconds: one file at a time keeps two cores free for what is tested.
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: { name: 'lab', include: ['test/lab.test.ts'] },
      },
    ],
  },
});
