/** Tells once that the partner has another lvs.cf, and once that both are alike again. */
export class ConfigurationWatch {
  private told = '';

  /** Both hashes as they are now; gives what is news. */
  compare(own: string, partner: string): 'differs' | 'alike' | undefined {
    const found = own === partner ? '' : `${own} ${partner}`;
    if (found === this.told) return undefined;
    this.told = found;
    return found === '' ? 'alike' : 'differs';
  }
}
