import { describe, expect, it } from 'vitest';

import type { Message } from '../../../../src/export/delivery/message.js';
import { SequenceNumbers } from '../../../../src/export/delivery/sequence-numbers.js';
import { MessageKind } from '../../../../src/export/message-encoder.js';

function message(domain: number, records: number): Message {
  const octets = Buffer.alloc(20);
  octets.writeUInt32BE(domain, 12);
  return { octets, kind: MessageKind.Data, records, generation: 'now', ordinal: 1, isRepeat: false, sentMs: 0 };
}

function numberOf({ octets }: Message): number {
  return Buffer.from(octets).readUInt32BE(8);
}

function stamped(numbers: SequenceNumbers, messages: readonly Message[]): number[] {
  for (const each of messages) numbers.stamp(each);
  return messages.map(numberOf);
}

describe('sequence numbers', () => {
  const BY_RECORDS = { offset: 8, domainOffset: 12, unit: 'records' } as const;

  it('count records before a message, in each domain for itself', () => {
    const numbers = new SequenceNumbers(BY_RECORDS);
    const messages = [message(7, 30), message(0xffff_fff0, 5), message(7, 0), message(7, 2), message(0xffff_fff0, 1)];
    expect(stamped(numbers, messages)).toEqual([0, 0, 30, 30, 5]);
  });

  it('count messages, or everything together, where a format has it so', () => {
    const byMessages = new SequenceNumbers({ ...BY_RECORDS, unit: 'messages' });
    expect(stamped(byMessages, [message(7, 30), message(8, 1), message(7, 2)])).toEqual([0, 0, 1]);
    const together = new SequenceNumbers({ ...BY_RECORDS, domainOffset: null });
    expect(stamped(together, [message(7, 30), message(8, 1), message(7, 2)])).toEqual([0, 30, 31]);
  });

  it('are given again when messages are taken back, and wrap around', () => {
    const numbers = new SequenceNumbers(BY_RECORDS);
    const messages = [message(1, 0xffff_fffe), message(1, 5), message(2, 9)];
    expect(stamped(numbers, messages)).toEqual([0, 0xffff_fffe, 0]);
    numbers.takeBack(messages.slice(1));
    expect(stamped(numbers, [message(1, 3), message(1, 1), message(2, 1)])).toEqual([0xffff_fffe, 1, 0]);
  });

  it('are left out where a format has none', () => {
    const each = message(1, 5);
    each.octets.fill(7);
    expect(stamped(new SequenceNumbers(null), [each])).toEqual([0x07070707]);
  });
});
