import { Path } from '../../../src/dpi/flow-state.js';
import { DpiWord } from '../../../src/dpi/flow-state.js';
import { REGISTRY } from '../../../src/dpi/registry.js';
import { extensionWordsOf } from '../../../src/flow/flow-meter.js';
import { Record, W } from '../../../src/flow/flow-record.js';
import { METERS } from '../../../src/flow/meters/index.js';
import * as PARTS from '../../../src/sensor/inspection-parts.js';
import { Metering } from '../../../src/sensor/metering.js';
import { settingsOf } from '../decode.js';
import { EVERYTHING } from '../inspect.js';
import { CaseMaker } from './case-maker.js';
import type { Conversation } from './conversations.js';

/** Conversations of one protocol at most. */
const MOST_SEEDS = 48;
const DPI = Record.Words + extensionWordsOf(METERS);

/** The conversations whose path, as inspection finds it, has each protocol: by the protocol's number. */
export function seedsByProtocol(conversations: readonly Conversation[]): readonly (readonly Conversation[])[] {
  const seeds: Conversation[][] = REGISTRY.all.map(() => []);
  const metering = new Metering(
    {
      decode: settingsOf({ decap: [] }),
      idleTimeoutUs: 30e6,
      activeTimeoutUs: 1_800e6,
      maxFlows: 1_000,
      dpi: { ...EVERYTHING, metadata: EVERYTHING.metadata },
    },
    ({ words, stride, count }) => {
      for (let at = 0; at < count * stride; at += stride) {
        const c = CaseMaker.conversationOf(words[at + W.SourceAddress], words[at + W.DestinationAddress]);
        if (c < 0) continue;
        const path = words[at + DPI + DpiWord.Path];
        for (let n = 0; n < Path.Longest; n++) {
          const number = ((path >>> (Path.Bits * n)) & Path.Mask) - 1;
          if (number >= 0 && seeds[number].length < MOST_SEEDS) seeds[number].push(conversations[c]);
        }
      }
    },
    PARTS,
  );
  const maker = new CaseMaker(conversations, 0);
  let nowUs = 1e15;
  for (let c = 0; c < conversations.length; c++) {
    maker.plain(c);
    const { batch } = maker;
    for (let k = 0; k < batch.count; k++) batch.timeUs[k] = nowUs += 1_000;
    batch.latestUs = nowUs;
    metering.process(batch);
    nowUs += 1e6;
  }
  void metering.finish();
  return seeds;
}
