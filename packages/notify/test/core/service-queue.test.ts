import { describe, expect, it } from 'vitest';
import {
  addServiceProgram,
  endServiceProgram,
  MOST_SERVICE_PROGRAMS,
  NO_SERVICE_PROGRAMS,
  type ServiceQueue,
} from '../../src/core/service-queue.js';

describe('programs of services', () => {
  it('run beside each other, one for each service, and the latest of a service next', () => {
    const web = addServiceProgram(NO_SERVICE_PROGRAMS as ServiceQueue<string>, 'web', 'down 1');
    expect(web.start).toEqual([['web', 'down 1']]);
    const mail = addServiceProgram(web.queue, 'mail', 'down');
    expect(mail.start).toEqual([['mail', 'down']]);
    const up = addServiceProgram(mail.queue, 'web', 'up');
    expect([up.start, up.superseded]).toEqual([[], undefined]);
    const down = addServiceProgram(up.queue, 'web', 'down 2');
    expect([down.start, down.superseded]).toEqual([[], 'up']);
    const ended = endServiceProgram(down.queue, 'web');
    expect(ended.start).toEqual([['web', 'down 2']]);
    expect([...endServiceProgram(ended.queue, 'web').queue.running]).toEqual(['mail']);
  });

  it('are not too many at once, and none is forgotten', () => {
    let queue: ServiceQueue<number> = NO_SERVICE_PROGRAMS;
    const started: number[] = [];
    for (let number = 0; number < 40; number += 1) {
      const step = addServiceProgram(queue, `s${number}`, number);
      queue = step.queue;
      started.push(...step.start.map(([, job]) => job));
    }
    expect(started).toHaveLength(MOST_SERVICE_PROGRAMS);
    for (let number = 0; number < 40; number += 1) {
      const step = endServiceProgram(queue, `s${number}`);
      queue = step.queue;
      started.push(...step.start.map(([, job]) => job));
    }
    expect(started).toEqual(Array.from({ length: 40 }, (_, index) => index));
  });
});
