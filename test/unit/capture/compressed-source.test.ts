import zlib from 'node:zlib';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { GunzipSource } from '../../../src/capture/gunzip-source.js';
import type { OctetSource } from '../../../src/capture/octet-source.js';
import { compressionOf } from '../../../src/capture/open-source.js';
import { zstdModule } from '../../../src/capture/zstd-decoder.js';
import { ZstdSource } from '../../../src/capture/zstd-source.js';
import { type Octets, concat, payload, pcap, skippableFrame, zstdFrame } from './capture-builder.js';
import { MemorySource } from './reading.js';

/** A source that cannot start again, as a pipe. */
class PipeSource extends MemorySource {
  override rewind(): boolean {
    return false;
  }
}

async function drain(source: OctetSource, most = 10_000): Promise<{ octets: Uint8Array; fault: string | null }> {
  const parts: Uint8Array[] = [];
  const target = new Uint8Array(most + 5);
  for (;;) {
    const count = await source.read(target, 5, 5 + most);
    if (count === 0) break;
    parts.push(target.slice(5, 5 + count));
  }
  source.close();
  return { octets: concat(parts), fault: source.fault };
}

const gunzip = (octets: Uint8Array, pieces?: number[], most?: number) =>
  drain(new GunzipSource(new MemorySource(octets, pieces)), most);
const unzstd = async (octets: Uint8Array, pieces?: number[], most?: number) =>
  drain(new ZstdSource(new MemorySource(octets, pieces), await zstdModule()), most);

const records = Array.from({ length: 40 }, (_, seed) => ({
  seconds: 1_700_000_000 + seed,
  subseconds: seed,
  data: payload(60, seed),
}));
const plain = pcap(records, { snapLength: 65_535 });

/** `plain` as the zstd program makes it with -19: compressed block, checksum. */
const ZSTD_OF_PLAIN = Buffer.from(
  'KLUv/WT4Co0PABQW1MOyoQIABAD//wAAAQDxU2UAPAEIDxYdJCsyOUBHTlVcY2pxeH+GjZSboqmwt77FzNPa4ejv9v0ECxIZICcuNTxDSlFYX2' +
    'ZtdHuCiZCXngEBpayzusHIz9bd5Ovy+QAHDhUcIyoxOD9GTVRbYmlwd36FjJOaoaivtr0CAsTL0tng5+71/AMKERgfJi00O0JJUFdeZWxzeoGI' +
    'j5adpKuyucDHztXcAwPj6vH4/wYNFBsiKTA3PkVMU1phaG92fYSLkpmgp661vMPK0djf5u30+wQEAgkQFx4lLDM6QUhPVl1ka3J5gIeOlZyjqr' +
    'G4v8bN1Nvi6fD3/gUMExoFBSEoLzY9REtSWWBnbnV8g4qRmJ+mrbS7wsnQ197l7PP6BgYHBwgICQkKCgsLDAwNDQ4ODw8QEBEREhITExQUFRUW' +
    'FhcXGBgZGRoaGxscHB0dHh4fHyAgISEiIiMjJCQlJSYmJyeAnKjheVFJ/aMNoHhqDDIKFAQhIAwPGf/7AYCVRBTejLyNGew5CZ0Z2WfsRMLwRm' +
    'RrTuCPmeicwD5zJxKma0JbYwJ+TsTHDPY5K5E4XRP6MiPwYyI8J/CPuYmM4ZrYlxmRPSPhMQF/Ts1EHNeMttCqD2B4uyEb2kTykBNm5BIfOjEx' +
    'a873ozFE/Ln9rEsDYUh7tA==',
  'base64',
);

/** Two megabytes that compress, by and by. */
const large = concat(Array.from({ length: 500 }, (_, seed) => concat([payload(3000, seed), new Uint8Array(1000)])));

/** A gzip member of stored blocks (RFC 1951 §3.2.4); in block `damaged` the two lengths do not agree. */
function storedGzip(blocks: readonly Uint8Array[], damaged = -1): Octets {
  const parts: Uint8Array[] = [Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255)];
  blocks.forEach((content, index) => {
    const header = new DataView(new ArrayBuffer(5));
    header.setUint8(0, index === blocks.length - 1 ? 1 : 0);
    header.setUint16(1, content.length, true);
    header.setUint16(3, index === damaged ? 0x1234 : ~content.length & 0xffff, true);
    parts.push(new Uint8Array(header.buffer), content);
  });
  return concat([...parts, zlib.gzipSync(concat(blocks)).subarray(-8)]);
}

/** What any way of reading shall give. */
async function expectInAnyPieces(
  read: (octets: Uint8Array, pieces: number[], most: number) => Promise<{ octets: Uint8Array; fault: string | null }>,
  compressed: Uint8Array,
  content: Uint8Array,
): Promise<void> {
  const pieces = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(pieces, fc.integer({ min: 1, max: 5000 }), async (sizes, most) => {
      const { octets, fault } = await read(compressed, sizes, most);
      expect(fault).toBeNull();
      expect(Buffer.compare(octets, content)).toBe(0);
    }),
    { numRuns: 25 },
  );
}

describe('compression', () => {
  it('is told by the first octets', () => {
    expect(compressionOf(zlib.gzipSync('x'))).toBe('gzip');
    expect(compressionOf(ZSTD_OF_PLAIN)).toBe('zstd');
    expect(compressionOf(skippableFrame(4))).toBe('zstd');
    expect(compressionOf(plain)).toBe('none');
    expect(compressionOf(Uint8Array.of(0x1f, 0x8b))).toBe('none');
    expect(compressionOf(new Uint8Array(0))).toBe('none');
  });
});

describe('gzip', () => {
  it('is read in any pieces', async () => {
    await expectInAnyPieces(gunzip, zlib.gzipSync(plain), plain);
    const { octets, fault } = await gunzip(zlib.gzipSync(large));
    expect(fault).toBeNull();
    expect(Buffer.compare(octets, large)).toBe(0);
  });

  it('may have several members, empty ones too, and zeros behind them', async () => {
    const members = [plain.subarray(0, 1000), new Uint8Array(0), plain.subarray(1000)].map((part) =>
      zlib.gzipSync(part),
    );
    await expectInAnyPieces(gunzip, concat([...members, new Uint8Array(600)]), plain);
  });

  it('cut at every octet gives what is there, and a fault', async () => {
    const compressed = zlib.gzipSync(plain);
    for (let length = 20; length < compressed.length; length++) {
      const cut = compressed.subarray(0, length);
      const { octets, fault } = await gunzip(cut);
      expect(fault).toBe(`gzip stream cut: unexpected end of file after octet ${length} of the compressed file`);
      expect(Buffer.compare(octets, zlib.gunzipSync(cut, { finishFlush: zlib.constants.Z_SYNC_FLUSH }))).toBe(0);
    }
  });

  it('damaged gives everything before the damage, and a fault', async () => {
    const blocks = Array.from({ length: 12 }, (_, seed) => payload(30_000, seed));
    for (const damaged of [0, 1, 5, 11]) {
      const { octets, fault } = await gunzip(storedGzip(blocks, damaged));
      expect(fault).toMatch(/^gzip stream damaged: invalid stored block lengths in octets \d+ to \d+ of/);
      expect(Buffer.compare(octets, concat(blocks.slice(0, damaged)))).toBe(0);
    }
  });

  it('with a wrong check sum, or something behind it, gives everything, and a fault', async () => {
    const wrong = zlib.gzipSync(plain);
    wrong[wrong.length - 6] ^= 1;
    const checked = await gunzip(wrong);
    expect(checked.fault).toContain('incorrect data check');
    expect(Buffer.compare(checked.octets, plain)).toBe(0);
    const followed = await gunzip(concat([zlib.gzipSync(plain), Buffer.from('not gzip')]));
    expect(followed.fault).toContain('incorrect header check');
    expect(Buffer.compare(followed.octets, plain)).toBe(0);
  });

  it('damaged, from a pipe, gives most of it and says that some is missing', async () => {
    const blocks = Array.from({ length: 20 }, (_, seed) => payload(60_000, seed));
    const { octets, fault } = await drain(new GunzipSource(new PipeSource(storedGzip(blocks, 18), [5000])));
    expect(fault).toMatch(/^gzip stream damaged: .*; up to 131072 octets before the damage are missing$/);
    const before = concat(blocks.slice(0, 18));
    expect(octets.length).toBeGreaterThan(before.length - 131_072);
    expect(Buffer.compare(octets, before.subarray(0, octets.length))).toBe(0);
  });

  it('passes on the fault of its file', async () => {
    const compressed = zlib.gzipSync(plain).subarray(0, 200);
    const source = new GunzipSource(new MemorySource(compressed, [50], { endsWith: 'read error: EIO' }));
    expect((await drain(source)).fault).toBe('read error: EIO');
  });

  it('may be closed while it works', async () => {
    const source = new GunzipSource(new MemorySource(zlib.gzipSync(large)));
    expect(await source.read(new Uint8Array(100), 0, 100)).toBe(100);
    source.close();
    source.close();
    expect(source.fault).toBeNull();
  });
});

describe('zstd', () => {
  it('is read in any pieces', async () => {
    await expectInAnyPieces(unzstd, ZSTD_OF_PLAIN, plain);
    await expectInAnyPieces(unzstd, zstdFrame(plain, 700), plain);
  });

  it('may have several frames, empty and skippable ones too', async () => {
    const frames = [
      skippableFrame(70_000),
      zstdFrame(plain.subarray(0, 1000)),
      zstdFrame(new Uint8Array(0)),
      skippableFrame(0),
      zstdFrame(plain.subarray(1000)),
      ZSTD_OF_PLAIN,
      zstdFrame(large, 131_072),
      skippableFrame(3),
    ];
    const { octets, fault } = await unzstd(concat(frames));
    expect(fault).toBeNull();
    expect(Buffer.compare(octets, concat([plain, plain, large]))).toBe(0);
  });

  it('cut at every octet gives what is there, and a fault', async () => {
    const headerOctets = 6;
    const frame = zstdFrame(plain, 700);
    for (let length = headerOctets; length < frame.length; length += 13) {
      const { octets, fault } = await unzstd(frame.subarray(0, length));
      expect(fault).toBe('zstd stream cut: it ends within a frame');
      const blocks = Math.floor((length - headerOctets) / 703);
      const partial = Math.max(0, length - headerOctets - blocks * 703 - 3);
      expect(Buffer.compare(octets, plain.subarray(0, blocks * 700 + partial))).toBe(0);
    }
    for (let length = 5; length < ZSTD_OF_PLAIN.length; length++) {
      expect((await unzstd(ZSTD_OF_PLAIN.subarray(0, length))).fault).toContain('zstd stream cut');
    }
  });

  it('damaged gives the blocks before the damage, and a fault', async () => {
    const frame = zstdFrame(plain, 700);
    for (const damaged of [0, 1, 3]) {
      const broken = frame.slice();
      broken[6 + damaged * 703] |= 6; // block type 3 is reserved
      const { octets, fault } = await unzstd(broken);
      expect(fault).toBe('zstd stream damaged: corrupted block');
      expect(Buffer.compare(octets, plain.subarray(0, damaged * 700))).toBe(0);
    }
  });

  it('with a wrong check sum, or something behind it, gives everything, and a fault', async () => {
    const wrong = Uint8Array.from(ZSTD_OF_PLAIN);
    wrong[wrong.length - 1] ^= 1;
    const checked = await unzstd(wrong);
    expect(checked.fault).toBe('zstd stream damaged: wrong checksum');
    expect(Buffer.compare(checked.octets, plain)).toBe(0);
    const followed = await unzstd(concat([ZSTD_OF_PLAIN, Buffer.from('not zstd')]));
    expect(followed.fault).toBe('zstd stream damaged: no zstd frame begins here');
    expect(Buffer.compare(followed.octets, plain)).toBe(0);
  });

  it('that wants more memory than is good ends with a fault', async () => {
    const { octets, fault } = await unzstd(zstdFrame(plain, 700, 0xa0));
    expect(octets).toHaveLength(0);
    expect(fault).toBe('zstd stream damaged: the window is larger than 128 MiB');
    expect((await unzstd(zstdFrame(plain, 700, 0x88))).fault).toBeNull();
  });

  it('ends for any octets whatever', async () => {
    const module = await zstdModule();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), async (changes) => {
        const damaged = Uint8Array.from(ZSTD_OF_PLAIN);
        for (const [at, value] of changes) damaged[4 + (at % (damaged.length - 4))] = value;
        const { octets } = await drain(new ZstdSource(new MemorySource(damaged), module));
        expect(octets.length).toBeLessThanOrEqual(1 << 24);
      }),
    );
  });

  it('passes on the fault of its file, and waits for it', async () => {
    const inner = new MemorySource(ZSTD_OF_PLAIN, [50], { late: true, endsWith: 'read error: EIO' });
    const { octets, fault } = await drain(new ZstdSource(inner, await zstdModule()));
    expect(fault).toBe('read error: EIO');
    expect(Buffer.compare(octets, plain)).toBe(0);
    expect(inner.closed).toBe(true);
  });
});
