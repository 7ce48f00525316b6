/**
 * What the first packets of the generated conversations carry: small but well-formed openings of TLS, HTTP, DNS, SSH,
 * SMTP, NTP, QUIC and RTP, so that a trace is also fit for measuring protocol recognition. Later packets carry filler.
 */
const NAMES = [
  'www.example.com',
  'api.example.net',
  'mail.example.org',
  'cdn.static.example.com',
  'updates.example.net',
  'img7.media.example.org',
  'login.example.com',
  'telemetry.eu.example.net',
];

const FILLER_OCTETS = 1 << 17;

/**
 * @typedef {object} Payloads
 * @property {Buffer[]} client openings sent by the client, one is chosen per flow
 * @property {Buffer[]} server openings sent by the server, same choice
 * @property {Buffer} filler what both sides send later, from any offset in its first half
 */

/**
 * @param {import('./random.mjs').Random} random
 * @returns {Record<string, Payloads>} by profile name
 */
export function buildPayloads(random) {
  const noise = Buffer.alloc(FILLER_OCTETS);
  random.fill(noise);
  const text = Buffer.alloc(
    FILLER_OCTETS,
    '<p>The quick brown weir measures the lazy stream, 0123456789 times a day.</p>\n',
  );
  const records = Buffer.from(noise);
  // An application-data record header at every 64 octets: wherever a sender begins (a multiple of 64), one opens.
  for (let i = 0; i < records.length; i += 64) records.set([0x17, 0x03, 0x03, 0x05, 0x40], i);

  const each = (make) => NAMES.map((name, number) => make(name, number));
  return {
    tls: {
      client: each((name) => clientHello(name, noise)),
      server: each(() => serverHello(noise)),
      filler: records,
    },
    http: {
      client: each(httpRequest),
      server: each(httpResponse),
      filler: text,
    },
    dns: { client: each(dnsQuery), server: each(dnsResponse), filler: noise },
    quic: {
      client: each(() => quicLong(noise)),
      server: each(() => quicLong(noise)),
      filler: shortHeaders(noise),
    },
    ssh: {
      client: each(() => Buffer.from('SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n')),
      server: each(() => Buffer.from('SSH-2.0-OpenSSH_8.4p1\r\n')),
      filler: noise,
    },
    smtp: {
      client: each((name) => Buffer.from(`EHLO ${name}\r\n`)),
      server: each((name) => Buffer.from(`250-${name}\r\n250-STARTTLS\r\n250 SIZE 52428800\r\n`)),
      filler: text,
    },
    ntp: {
      client: each(() => ntp(0x23)),
      server: each(() => ntp(0x24)),
      filler: noise,
    },
    rtp: {
      client: each((_, n) => rtp(n, noise)),
      server: each((_, n) => rtp(n, noise)),
      filler: rtpStream(noise),
    },
    probe: { client: [], server: [], filler: noise },
  };
}

/** Cuts a list of octets, numbers above 255 not allowed, strings as ASCII, buffers as they are, into one buffer. */
function join(...parts) {
  return Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part))));
}

function length16(body) {
  return join(body.length >>> 8, body.length & 0xff, body);
}

function length24(body) {
  return join(body.length >>> 16, (body.length >>> 8) & 0xff, body.length & 0xff, body);
}

function extension(type, body) {
  return join(type >>> 8, type & 0xff, length16(body));
}

/** TLS 1.3 ClientHello in one record of 517 octets (RFC 8446 §4.1.2), as browsers pad it. */
function clientHello(name, noise) {
  const extensions = [
    extension(0, length16(join(0, length16(Buffer.from(name))))),
    extension(10, length16(join(0x00, 0x1d, 0x00, 0x17))),
    extension(13, length16(join(0x04, 0x03, 0x08, 0x04, 0x04, 0x01))),
    extension(16, length16(join(2, 'h2', 8, 'http/1.1'))),
    extension(43, join(4, 0x03, 0x04, 0x03, 0x03)),
    extension(51, length16(join(0x00, 0x1d, length16(noise.subarray(64, 96))))),
  ];
  const hello = join(0x03, 0x03, noise.subarray(0, 32), 32, noise.subarray(32, 64));
  const suites = length16(join(0x13, 0x01, 0x13, 0x02, 0x13, 0x03, 0xc0, 0x2b, 0xc0, 0x2f));
  const bodyOctets = 517 - 5 - 4;
  const used = hello.length + suites.length + 2 + 2 + Buffer.concat(extensions).length;
  extensions.push(extension(21, Buffer.alloc(bodyOctets - used - 4)));
  const body = join(hello, suites, 1, 0, length16(Buffer.concat(extensions)));
  return join(0x16, 0x03, 0x01, length16(join(1, length24(body))));
}

/** ServerHello, change cipher spec and the start of the encrypted flight: 1448 octets. */
function serverHello(noise) {
  const extensions = join(
    extension(43, join(0x03, 0x04)),
    extension(51, join(0x00, 0x1d, length16(noise.subarray(96, 128)))),
  );
  const body = join(
    0x03,
    0x03,
    noise.subarray(128, 160),
    32,
    noise.subarray(32, 64),
    0x13,
    0x01,
    0,
    length16(extensions),
  );
  const start = join(0x16, 0x03, 0x03, length16(join(2, length24(body))), 0x14, 0x03, 0x03, 0, 1, 1, 0x17, 0x03, 0x03);
  return join(start, 0x0c, 0x00, noise.subarray(256, 256 + 1448 - start.length - 2));
}

function httpRequest(name, number) {
  return Buffer.from(
    `GET /articles/${number}/index.html HTTP/1.1\r\nHost: ${name}\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n` +
      'Accept: text/html,*/*;q=0.8\r\nAccept-Language: en\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n',
  );
}

function httpResponse(_name, number) {
  return Buffer.from(
    'HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html; charset=utf-8\r\n' +
      `Content-Length: ${14000 + number}\r\nConnection: keep-alive\r\n\r\n<!doctype html>\n<title>Page ${number}</title>\n`,
  );
}

function dnsQuestion(name, type) {
  const labels = name.split('.').map((label) => join(label.length, label));
  return join(...labels, 0, 0, type, 0, 1);
}

/** RFC 1035 §4.1 */
function dnsQuery(name, number) {
  return join(0x5a, number, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0, dnsQuestion(name, number % 3 === 2 ? 28 : 1));
}

function dnsResponse(name, number) {
  const answer = (last) => join(0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0x01, 0x2c, 0, 4, 198, 18, number, last);
  const answers = Array.from({ length: (number % 4) + 1 }, (_, i) => answer(i));
  const header = join(0x5a, number, 0x81, 0x80, 0, 1, 0, answers.length, 0, 0, 0, 0);
  return join(header, dnsQuestion(name, number % 3 === 2 ? 28 : 1), ...answers);
}

/** QUIC version 1 Initial: long header, 8-octet connection ids, 1200 octets (RFC 9000 §14.1, §17.2.2). */
function quicLong(noise) {
  const header = join(0xc3, 0, 0, 0, 1, 8, noise.subarray(0, 8), 8, noise.subarray(8, 16), 0, 0x44, 0x96);
  return join(header, noise.subarray(512, 512 + 1200 - header.length));
}

function shortHeaders(noise) {
  const packets = Buffer.from(noise);
  for (let i = 0; i < packets.length; i += 64) packets[i] = 0x40 | (packets[i] & 0x3f);
  return packets;
}

/** RFC 5905 §7.3, 48 octets. */
function ntp(firstOctet) {
  const packet = Buffer.alloc(48);
  packet.set([firstOctet, 2, 6, 0xec]);
  return packet;
}

/** RFC 3550 §5.1, payload type 0, 160 octets of audio. */
function rtp(number, noise) {
  return join(0x80, 0, 0, number, 0, 0, 0, 160, 0, 0, 0x12, number, noise.subarray(1024, 1024 + 160));
}

function rtpStream(noise) {
  const packets = Buffer.from(noise);
  for (let i = 0; i < packets.length; i += 64) packets.set([0x80, 0], i);
  return packets;
}
