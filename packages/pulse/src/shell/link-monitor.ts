import { errorText } from '@piranha/common';
import { LinkWatch, type RouteNetlink } from '@piranha/net';
import { type LinkProblem, linkProblems } from '../core/link-state.js';

const SETTLE_MS = 20;

export interface LinkMonitorOptions {
  readonly route: Pick<RouteNetlink, 'links' | 'addresses'>;
  /** Own addresses whose links are judged; undefined where monitor_links is off. */
  readonly judged: () =>
    | { readonly publicAddress: string | undefined; readonly privateAddress: string | undefined }
    | undefined;
  /** Links or addresses changed: what is ours may be gone. */
  readonly onChange: () => void;
  /** The set of lost links changed. */
  readonly onProblems: (problems: readonly LinkProblem[]) => void;
  readonly onError: (problem: string) => void;
}

/** Hears of link and address changes and says which of this node's own links are lost. */
export class LinkMonitor {
  private readonly watch: LinkWatch;
  private timer: NodeJS.Timeout | undefined;
  private last = '[]';

  /** @throws UserError `ADDRESS_FAILED` or `SOCKET_FAILED` */
  constructor(private readonly options: LinkMonitorOptions) {
    const changed = (): void => this.changed();
    this.watch = new LinkWatch({
      onLink: changed,
      onAddress: (_, type) => {
        if (type === 'removed') this.changed();
      },
      onOverflow: changed,
    });
  }

  /** Judges the links now. */
  judge(): void {
    const judged = this.options.judged();
    const problems = judged === undefined ? [] : this.look(judged);
    const text = JSON.stringify(problems);
    if (text === this.last) return;
    this.last = text;
    this.options.onProblems(problems);
  }

  close(): void {
    clearTimeout(this.timer);
    this.watch.close();
  }

  /** Many events come at once; a moment later one look is enough. */
  private changed(): void {
    this.options.onChange();
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.judge();
    }, SETTLE_MS);
  }

  private look(judged: {
    readonly publicAddress: string | undefined;
    readonly privateAddress: string | undefined;
  }): readonly LinkProblem[] {
    const { route, onError } = this.options;
    try {
      return linkProblems({ links: route.links(), addresses: route.addresses(), ...judged });
    } catch (error) {
      onError(errorText(error));
      return [];
    }
  }
}
