import { createHash } from 'node:crypto';
import type { PageSpec } from '@piranha/config';
import { headersOfFile, readCheckFile } from '@piranha/config/check-files';
import { type Check, type CheckOutcome, passed, serverName } from '../../check.js';
import type { AnySpecPlan, SpecPlan } from '../../core/check-plan.js';
import { HttpAnswerError } from '../../core/http-answer.js';
import { type Digest, PageJudge, pageRequest } from '../../core/http-judge.js';
import { CheckFailure, type Connection, conversationCheck } from './connection.js';
import { FileReads, unreadable } from './file-reads.js';

const headerFiles = new FileReads((path) => readCheckFile(path, 'headers'));

const digest: Digest = (algorithm, bytes) => createHash(algorithm).update(bytes).digest('hex');

/** A page over plain HTTP. */
export function httpCheck(plan: SpecPlan<'http_get'>): Check {
  return conversationCheck(plan, (connection) => askPage(plan, connection));
}

/** Asks for the page and judges the answer. */
export async function askPage(
  plan: AnySpecPlan & { readonly spec: PageSpec },
  connection: Connection,
): Promise<CheckOutcome> {
  const { spec } = plan;
  const judge = judged(() => new PageJudge(spec, digest));
  const request = pageRequest(spec, serverName(plan.target), await fileHeaders(spec, connection));
  // Headers of the file may be secrets.
  const shown = spec.headersFile === undefined ? request : pageRequest(spec, serverName(plan.target), []);
  await connection.write(request, shown);
  await connection.feed((piece, ended) => {
    judged(() => judge.push(piece, ended));
    return judge.verdict !== undefined;
  });
  const digests = spec.readsBody && {
    md5: digest('md5', judge.body),
    sha256: digest('sha256', judge.body),
  };
  return { ...passed(judge.verdict as string), ...(digests ? { digests } : {}) };
}

async function fileHeaders({ headersFile }: PageSpec, { limits }: Connection): Promise<readonly string[]> {
  if (headersFile === undefined) return [];
  const read = await headerFiles.read(headersFile, limits);
  if (!read.ok) throw unreadable(headersFile, read);
  const headers = headersOfFile(read.text);
  if (headers) return headers;
  throw new CheckFailure(`${headersFile} has a line that is no header`);
}

/** What the judge throws about the answer is a failure of the check. */
function judged<Value>(judge: () => Value): Value {
  try {
    return judge();
  } catch (error) {
    if (error instanceof HttpAnswerError) throw new CheckFailure(error.message, { topic: error.topic });
    throw error;
  }
}
