import { describe, expect, it } from 'vitest';
import { fileDifference } from '../../src/core/file-difference.js';

const FILE = 'primary = 10.0.0.1\nsmtp_user = me\nvirtual web {\n  port = 80\n}\n';

function difference(there: string, here = FILE): string | undefined {
  return fileDifference(Buffer.from(here), Buffer.from(there));
}

describe('where two files begin to mean something else', () => {
  it('is nowhere for other comments, blanks and lines', () => {
    const there = '# mine\n primary  = 10.0.0.1 # here\n\nsmtp_user  = me\nvirtual web {\nport = 80\n}\n';
    expect(difference(there)).toBeUndefined();
  });

  it('is a value, which is not told, or a statement', () => {
    expect(difference(FILE.replace('= me', '= secret'))).toBe(
      'statement 2, smtp_user, has another value there',
    );
    expect(difference(FILE.replace('web', 'ftp'))).toBe(
      'statement 3 is virtual web here and virtual ftp there',
    );
    expect(difference(FILE.replace('smtp_user = me\n', ''))).toBe(
      'statement 2 is smtp_user here and virtual web there',
    );
    expect(difference(`${FILE}adaptive = 1\n`)).toBe(
      'statement 6 is the end of the file here and adaptive there',
    );
  });

  it('is told in few words, whatever the other machine sends', () => {
    expect(difference('x'.repeat(100_000))?.length).toBeLessThan(200);
    expect(difference('= secret\n')).toBe('statement 1 is primary here and a statement without a name there');
  });
});
