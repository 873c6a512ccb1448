/** What a group of scenarios shares: one boot and one running lab. */
export interface SharedLab {
  /** Waits until everything is as a scenario may expect it; before each. */
  ready?(): Promise<unknown>;
  /** The end of the directors' logs, for a failure's text. */
  lastLines(): string;
  /** Ends everything; throws when something was left behind. */
  close(): Promise<void>;
}

/** Scenarios by their titles, which are the requirements, in the order in which they run; one that measures gives its figure. */
export interface ScenarioGroup<Lab extends SharedLab = SharedLab> {
  readonly name: string;
  readonly title: string;
  /** Programs that it needs beyond what every group does, with the Debian package of each. */
  readonly needs?: Readonly<Record<string, string>>;
  readonly open: () => Promise<Lab>;
  readonly scenarios: Readonly<Record<string, (lab: Lab) => Promise<string> | Promise<void> | void>>;
}
