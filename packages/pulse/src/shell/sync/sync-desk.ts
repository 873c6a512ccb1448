import { UserError } from '@piranha/common';
import { serialNumberOf, withSerialNumber } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import { SYNC_LIMIT_MS, type SyncAnswer, type SyncFile, type SyncRequest } from '@piranha/protocol';
import {
  type AnswerSchema,
  syncAnswerSchema,
  syncFileRequestSchema,
  syncFileSchema,
  syncRequestSchema,
} from '@piranha/protocol/schemas';
import { decideCopy } from '../../core/sync-decision.js';
import { SYNC_READ, SYNC_WRITE, type SyncWrite } from '../../core/sync-requests.js';
import { hashOf, installFile, type OwnFile, readOwn, requireHash, type SyncHost } from './install-file.js';
import { callPartner } from './sync-call.js';
import type { SyncCall } from './sync-listener.js';
import type { SyncLine } from './sync-tls.js';

const READ_LIMIT_MS = 20_000;

interface PartnerFile {
  readonly bytes: Uint8Array;
  readonly hash: string;
  readonly serial: number;
  readonly inUse: boolean;
}

/** Serves the operator here and the partner: reads, gives and takes an lvs.cf. One copy at a time. */
export class SyncDesk {
  private isBusy = false;

  constructor(
    private readonly host: SyncHost,
    private readonly log: EventLog,
    /** The way to the partner. @throws UserError where there is none */
    private readonly line: () => SyncLine,
  ) {}

  /** The operator's `sync.file`. */
  async file(params: unknown): Promise<SyncFile> {
    const { side, by } = read(syncFileRequestSchema, params);
    if (side === 'own') return asSyncFile(this.host.configFile, await readOwn(this.host));
    return this.askPartner(syncFileSchema, 'read', { by: this.signed(by) }, READ_LIMIT_MS);
  }

  /** The operator's `sync.copy`. */
  copy(params: unknown): Promise<SyncAnswer> {
    const request = read(syncRequestSchema, params);
    return this.exclusively(async () => {
      const answer = await this.copyNow(request).catch(refusal);
      if (!answer.ok && !request.dryRun) this.refused(request, answer);
      return answer;
    });
  }

  /** What the partner asks. */
  async serve({ method, params, address }: SyncCall): Promise<unknown> {
    if (method === 'read') {
      const { by } = read(SYNC_READ, params);
      const own = await readOwn(this.host);
      this.log.log('PULSE_SYNC_READ', { by, address, hash: own.hash, serial: own.serial });
      return asSyncFile(this.host.configFile, own);
    }
    if (method !== 'write')
      throw new UserError(`unknown method ${method}`, { code: 'CONTROL_UNKNOWN_METHOD' });
    const write = read(SYNC_WRITE, params);
    return this.exclusively(() => this.take(write, address));
  }

  private async take(write: SyncWrite, address: string): Promise<SyncAnswer> {
    const bytes = Buffer.from(write.contentBase64, 'base64');
    const answer = await this.install(bytes, write, write.by, address).catch(refusal);
    if (!answer.ok && !write.dryRun) this.refused({ direction: 'push', ...write }, answer, address);
    return answer;
  }

  private async copyNow(request: SyncRequest): Promise<SyncAnswer> {
    const { direction, force, by } = request;
    const own = await readOwn(this.host);
    requireHash(own.hash, request.ownHash, this.host.configFile);
    const asked = { by: this.signed(by) };
    const partner = partnerFile(await this.askPartner(syncFileSchema, 'read', asked, READ_LIMIT_MS));
    requireHash(partner.hash, request.partnerHash, "the partner's lvs.cf");
    const decision = decideCopy({ direction, force, own, partner });
    if (decision.type === 'refused') return { ...NOTHING, ok: false, ...decision };
    if (decision.type === 'nothing') return { ...NOTHING, text: 'both directors have this file in use' };
    if (direction === 'pull') {
      const order = { ...request, expectedHash: own.hash };
      return this.install(partner.bytes, order, by, this.line().peer);
    }
    const { serial } = decision;
    const bytes = serial === undefined ? own.source.bytes : withSerialNumber(own.source.bytes, serial);
    return this.push(bytes, request, own, partner);
  }

  /** Gives a file away, and has it read here too: a pair has one lvs.cf. */
  private async push(
    bytes: Uint8Array,
    request: SyncRequest,
    own: OwnFile,
    partner: PartnerFile,
  ): Promise<SyncAnswer> {
    const { dryRun, force, by, partnerHash } = request;
    const here = { expectedHash: own.hash, dryRun: true, force };
    const ours = await installFile(this.host, bytes, here);
    if (!ours.ok) return { ...ours, text: `here: ${ours.text}; nothing was given to the partner` };
    const contentBase64 = Buffer.from(bytes).toString('base64');
    const write: SyncWrite = { contentBase64, expectedHash: partnerHash, dryRun, force, by: this.signed(by) };
    const theirs = ofPartner(await this.askPartner(syncAnswerSchema, 'write', write, SYNC_LIMIT_MS));
    if (!theirs.ok) return { ...theirs, text: `there: ${theirs.text}` };
    if (dryRun) return theirs;
    this.log.log('PULSE_SYNC_SENT', {
      by,
      ...{ oldHash: partnerHash, hash: hashOf(bytes) },
      ...{ oldSerial: partner.serial, serial: serialNumberOf(bytes) },
    });
    if (hashOf(bytes) === own.hash && own.inUse) return theirs;
    const taken = await this.install(bytes, { ...here, dryRun: false }, by, 'this node').catch(refusal);
    if (taken.ok) return theirs;
    const text = `the partner has it in use, but this director has not: ${taken.text}`;
    return {
      ...theirs,
      ok: false,
      code: 'SYNC_HALF',
      text,
      hint: 'mend the cause here, then lvsctl sync pull --force',
    };
  }

  private async install(
    bytes: Uint8Array,
    order: Pick<SyncWrite, 'expectedHash' | 'dryRun' | 'force'>,
    by: string,
    from: string,
  ): Promise<SyncAnswer> {
    const before = await readOwn(this.host);
    const answer = await installFile(this.host, bytes, order);
    if (answer.ok && !order.dryRun) {
      this.log.log('PULSE_SYNC_TAKEN', {
        ...{ by, from, oldHash: before.hash, hash: hashOf(bytes) },
        ...{ oldSerial: before.serial, serial: serialNumberOf(bytes), kept: answer.kept ?? 'not changed' },
      });
    }
    return answer;
  }

  private async askPartner<T>(
    schema: AnswerSchema<T>,
    method: string,
    params: unknown,
    limitMs: number,
  ): Promise<T> {
    return read(schema, await callPartner(this.line(), method, params, limitMs));
  }

  private async exclusively<T>(work: () => Promise<T>): Promise<T> {
    if (this.isBusy) {
      throw new UserError('another copy is under way', {
        code: 'SYNC_BUSY',
        hint: 'somebody copies an lvs.cf here or at the partner: try again in a moment',
      });
    }
    this.isBusy = true;
    try {
      return await work();
    } finally {
      this.isBusy = false;
    }
  }

  private refused(
    { direction, by }: Pick<SyncRequest, 'direction' | 'by'>,
    { text, code = 'none' }: SyncAnswer,
    address?: string,
  ): void {
    const fields = { by, direction, reason: text, code };
    this.log.log('PULSE_SYNC_REFUSED', address === undefined ? fields : { ...fields, address });
  }

  /** The partner's log names the director from which an order came. */
  private signed(by: string): string {
    return `${by} on the ${this.line().node}`.slice(0, 200);
  }
}

const NOTHING: SyncAnswer = { ok: true, changed: false, text: '', diagnostics: [], operations: [] };

/** Warnings about a file that has the same name here; a refusal says for itself where it is from. */
function ofPartner(answer: SyncAnswer): SyncAnswer {
  if (!answer.ok) return answer;
  return { ...answer, diagnostics: answer.diagnostics.map((finding) => `partner: ${finding}`) };
}

function refusal(error: unknown): SyncAnswer {
  if (!(error instanceof UserError)) throw error;
  const { code, hint, message } = error;
  return { ...NOTHING, ok: false, text: message, code, ...(hint === undefined ? {} : { hint }) };
}

function asSyncFile(path: string, { source, hash, serial, inUse }: OwnFile): SyncFile {
  return { path, contentBase64: Buffer.from(source.bytes).toString('base64'), hash, serial, inUse };
}

/** Hash and number are counted here: what the partner says of its file need not be believed. */
function partnerFile({ contentBase64, inUse }: SyncFile): PartnerFile {
  const bytes = Buffer.from(contentBase64, 'base64');
  return { bytes, hash: hashOf(bytes), serial: serialNumberOf(bytes), inUse };
}

function read<T>(schema: AnswerSchema<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new UserError(`bad words for a sync: ${issue?.path.join('.')}: ${issue?.message}`, {
    code: 'SYNC_BAD_WORDS',
    hint: 'lvsctl and the pulses of both directors must be of one version: restart them after an update',
  });
}
