import type { ScenarioGroup } from '../guest/group.js';
import { bootGuest } from '../kernel/boot.js';

const GROUP_LIMIT_MS = 1_800_000;

/** What the scenarios of a group measured in a lab kernel, by their titles; the problem's text where one failed. */
export async function labFigures<Figure>({
  name,
  needs,
}: Pick<ScenarioGroup, 'name' | 'needs'>): Promise<ReadonlyMap<string, Figure | string>> {
  const found = new Map<string, Figure | string>();
  await bootGuest({
    group: name,
    needs,
    limitMs: GROUP_LIMIT_MS,
    onMessage: (message) => {
      if (message.type === 'broken') found.set('the group', message.problem);
      if (message.type !== 'result') return;
      const { title, figure, problem = '' } = message;
      found.set(title, figure === undefined ? problem : (JSON.parse(figure) as Figure));
    },
  });
  return found;
}
