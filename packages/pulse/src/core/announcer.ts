import {
  type AgreedKey,
  type Announcement,
  announcementIn,
  type KeyAgreement,
  withAnnouncement,
} from '@piranha/protocol/beat';

/**
 * A director without a key file that announces the own protocol: beside the word it tells a public key, and where the
 * partner does the same both get a key out of it. Words go out on and on, so that nobody depends on what was agreed; they
 * are believed only while no beat is heard. Changed in place.
 */
export class Announcer {
  /** The partner's public key that was heard last. */
  private heardKey: Buffer | undefined;
  private agreedWith: Buffer | undefined;

  constructor(private readonly agreement: KeyAgreement) {}

  /** The word as it goes out. */
  announce(word: Buffer): Buffer {
    return withAnnouncement(word, this.announcement);
  }

  private get announcement(): Announcement {
    return { publicKey: this.agreement.publicKey, heard: this.heardKey };
  }

  /**
   * Takes in the announcement behind a word that counts, if there is one.
   * @returns the key, where it is a new one: a partner that tells our own public key hears us
   */
  hear(datagram: Buffer): AgreedKey | undefined {
    const announcement = announcementIn(datagram);
    const own = this.agreement.publicKey;
    // Our own comes back.
    if (announcement === undefined || announcement.publicKey.equals(own)) return undefined;
    const { publicKey, heard } = announcement;
    this.heardKey = publicKey;
    if (heard?.equals(own) !== true || this.agreedWith?.equals(publicKey) === true) return undefined;
    const key = this.agreement.keyWith(publicKey);
    if (key !== undefined) this.agreedWith = publicKey;
    return key;
  }
}
