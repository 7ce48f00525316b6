import { itemEnd } from '../../../dpi/metadata-items.js';
import { Item } from '../../../dpi/metadata.js';
import { itemValue } from '../value-octets.js';
import { type DetailsWriter, NONE } from './details-writer.js';
import { dnsTemplate } from './dns-template.js';
import { sshTemplate } from './ssh-template.js';
import {
  type DetailField,
  groups,
  list,
  type ListValue,
  madeText,
  madeWhole,
  type Numbers,
  octets,
  records,
  subTemplate,
  type SubTemplate,
  text,
  textValue,
  valueList,
  whole,
} from './sub-template.js';
import { tlsTemplate } from './tls-template.js';

/**
 * YAF 2.16's Templates for what deep packet inspection finds, with their ids, and the elements of ours that they take. Where
 * YAF has an element that is not looked for here, its list is empty.
 */

const SPACE = 0x20;
/** The DHCP option that tells the client's wishes in one octet each. */
const ONE_OCTET = 1;

/** A value of two elements of a group with a space between. */
function pair(first: number, second: number): ListValue {
  return (writer, item) => {
    const from = item + Item.HeaderOctets;
    const to = itemEnd(writer.source, item);
    const start = writer.beginVariable();
    const one = writer.first(first, from, to);
    const other = writer.first(second, from, to);
    if (one !== NONE) writer.addText(one, start);
    if (other !== NONE) {
      writer.addCharacter(SPACE, start);
      writer.addText(other, start);
    }
    writer.endVariable(start);
  };
}

/** basicLists of text, an element each with the paths of ours. */
function lists(numbers: Numbers, table: readonly (readonly [element: string, ...paths: string[]])[]): DetailField[] {
  return table.map(([element, ...paths]) => list(element, paths.map(numbers)));
}

function http(numbers: Numbers): SubTemplate {
  const get = pair(numbers('requests.method'), numbers('requests.target'));
  const response = pair(numbers('responses.status'), numbers('responses.reason'));
  return subTemplate(0xc600, [
    ...lists(numbers, [
      ['httpServerString', 'responses.server'],
      ['6871/111', 'requests.userAgent'],
    ]),
    list('httpGet', [numbers('requests')], get),
    ...lists(numbers, [
      ['httpConnection'],
      ['httpReferer', 'requests.referer'],
      ['httpLocation', 'responses.location'],
      ['httpHost', 'requests.host'],
      ['httpContentLength', 'requests.contentLength', 'responses.contentLength'],
      ['httpAge'],
    ]),
    list('httpResponse', [numbers('responses')], response),
    ...lists(numbers, [
      ['httpAcceptLanguage'],
      ['httpAccept'],
      ['6871/122', 'requests.contentType', 'responses.contentType'],
      ['httpVersion', 'requests.version', 'responses.version'],
      ['httpCookie', 'requests.cookie'],
      ['httpSetCookie', 'responses.setCookie'],
      ['httpAuthorization', 'requests.authorization'],
      ['httpVia'],
      ['httpX-Forwarded-For', 'requests.forwardedFor'],
      ['httpRefresh'],
    ]),
  ]);
}

function ftp(numbers: Numbers): SubTemplate {
  return subTemplate(
    0xc700,
    lists(numbers, [
      ['ftpReturn', 'files'],
      ['ftpUser', 'user'],
      ['ftpPass', 'password'],
      ['ftpType', 'type'],
      ['ftpRespCode', 'responses'],
    ]),
  );
}

function imap(numbers: Numbers): SubTemplate {
  return subTemplate(
    0xc800,
    lists(numbers, [
      ['imapCapability', 'capabilities'],
      ['imapLogin', 'login'],
      ['imapStartTLS', 'startTls'],
      ['imapAuthenticate', 'authentication'],
      ['imapCommand', 'commands'],
      ['imapExists', 'exists'],
      ['imapRecent', 'recent'],
    ]),
  );
}

function rtsp(numbers: Numbers): SubTemplate {
  return subTemplate(
    0xc900,
    lists(numbers, [
      ['rtspURL', 'requests.url'],
      ['rtspVersion'],
      ['rtspReturnCode', 'responses.status'],
      ['rtspContentLength'],
      ['rtspCommand', 'requests.method'],
      ['rtspContentType', 'responses.contentType'],
      ['rtspTransport', 'requests.transport', 'responses.transport'],
      ['rtspCSeq', 'requests.sequence'],
      ['rtspLocation'],
      ['rtspPacketsReceived'],
      ['rtspUserAgent', 'requests.userAgent'],
      ['rtspJitter'],
    ]),
  );
}

function sip(numbers: Numbers): SubTemplate {
  return subTemplate(
    0xca00,
    lists(numbers, [
      ['sipInvite', 'messages.uri'],
      ['sipCommand', 'messages.method'],
      ['sipVia', 'messages.via'],
      ['sipMaxForwards'],
      ['sipAddress', 'messages.from', 'messages.to', 'messages.contact'],
      ['sipContentLength'],
      ['sipUserAgent', 'messages.userAgent'],
    ]),
  );
}

/** Names of header fields for elements of ours that YAF has none for. */
const MAIL_HEADERS = [
  ['From', 'headerFrom'],
  ['To', 'headerTo'],
  ['User-Agent', 'userAgent'],
] as const;

/** The header field that is written now. */
const header = { name: new Uint8Array(0), item: NONE };

function smtp(numbers: Numbers): SubTemplate {
  const field = subTemplate(0xcb03, [
    madeText('smtpKey', (writer, _from, _to, start) => writer.addOctets(header.name, 0, header.name.length, start)),
    madeText('smtpValue', (writer, _from, _to, start) => writer.addText(header.item, start)),
  ]);
  const names = MAIL_HEADERS.map(([name]) => Uint8Array.from(Buffer.from(name)));
  const numbersOfNames = MAIL_HEADERS.map(([, path]) => numbers(path));
  const [subject, to, from] = ['subject', 'to', 'from'].map(numbers);
  const mail = subTemplate(0xcb02, [
    text('smtpSubject', subject),
    list('smtpTo', [to], textValue, 'smtpToList'),
    list('smtpFrom', [from], textValue, 'smtpFromList'),
    list('smtpFilename', [], textValue, 'smtpFilenameList'),
    list('smtpURL', [], textValue, 'smtpURLList'),
    records(field, 'smtpHeaderList', (writer, begin, end, add) => {
      for (let n = 0; n < names.length; n++) {
        header.name = names[n];
        const number = numbersOfNames[n];
        for (let item = writer.first(number, begin, end); item !== NONE; item = writer.next(number, item, end)) {
          header.item = item;
          add(writer, begin, end);
        }
      }
    }),
  ]);
  const envelope = [subject, to, from];
  return subTemplate(0xcb01, [
    text('smtpHello', numbers('hello')),
    madeText('smtpEnhanced', () => undefined),
    madeWhole('smtpMessageSize', 4, () => 0),
    whole('smtpStartTLS', numbers('startTls'), 1),
    list('smtpResponse', [numbers('responses')], textValue, 'smtpResponseList'),
    // What was found is not told apart by message: one record for all.
    records(mail, 'smtpMessageList', (writer, begin, end, add) => {
      if (hasAny(writer, envelope, begin, end)) add(writer, begin, end);
    }),
  ]);
}

function hasAny(writer: DetailsWriter, numbers: readonly number[], from: number, to: number): boolean {
  for (let n = 0; n < numbers.length; n++) if (writer.first(numbers[n], from, to) !== NONE) return true;
  return false;
}

function nntp(numbers: Numbers): SubTemplate {
  return subTemplate(
    0xcd00,
    lists(numbers, [
      ['nntpResponse', 'responses'],
      ['nntpCommand', 'commands'],
    ]),
  );
}

function irc(numbers: Numbers): SubTemplate {
  return subTemplate(0xc200, lists(numbers, [['ircTextMessage', 'messages']]));
}

function pop3(numbers: Numbers): SubTemplate {
  return subTemplate(0xc300, lists(numbers, [['pop3TextMessage', 'commands', 'messages']]));
}

function tftp(numbers: Numbers): SubTemplate {
  return subTemplate(0xc400, [text('tftpFilename', numbers('filename')), text('tftpMode', numbers('mode'))]);
}

function slp(numbers: Numbers): SubTemplate {
  return subTemplate(0xc500, [
    list('slpString', [numbers('strings')]),
    whole('slpVersion', numbers('version'), 1),
    whole('slpMessageType', numbers('function'), 1),
  ]);
}

function mysql(numbers: Numbers): SubTemplate {
  const command = subTemplate(0xce0d, [
    text('mysqlCommandText', numbers('commands.text')),
    whole('mysqlCommandCode', numbers('commands.code'), 1),
  ]);
  return subTemplate(0xce0c, [groups(command, numbers('commands')), text('mysqlUsername', numbers('username'))]);
}

/** The function code that a record of DNP3 is written of. */
const code = { item: NONE };

function dnp3(numbers: Numbers): SubTemplate {
  const functions = numbers('functions');
  const record = subTemplate(0xc203, [
    whole('dnp3SourceAddress', numbers('source'), 2),
    whole('dnp3DestinationAddress', numbers('destination'), 2),
    madeWhole('dnp3Function', 1, (writer) => itemValue(writer.source, code.item)),
    octets('dnp3ObjectData', NONE),
  ]);
  return subTemplate(0xc202, [
    records(record, 'subTemplateList', (writer, from, to, add) => {
      for (let item = writer.first(functions, from, to); item !== NONE; item = writer.next(functions, item, to)) {
        code.item = item;
        add(writer, from, to);
      }
    }),
  ]);
}

/** Values of octets, with their lengths in front. */
const octetsValue: ListValue = (writer, item) => writer.variableOctets(item);

function modbus(numbers: Numbers): SubTemplate {
  return subTemplate(0xc204, [list('modbusData', [numbers('data')], octetsValue)]);
}

function enip(numbers: Numbers): SubTemplate {
  return subTemplate(0xc205, [list('ethernetIPData', [numbers('data')], octetsValue)]);
}

function rtp(numbers: Numbers): SubTemplate {
  return subTemplate(0xc206, [
    whole('rtpPayloadType', numbers('payloadTypes'), 1),
    madeWhole('reverseRtpPayloadType', 1, () => 0),
  ]);
}

function dhcp(numbers: Numbers): SubTemplate {
  const wishes = numbers('messages.parameterList');
  return subTemplate(0xc208, [
    valueList('dhcpOption', ONE_OCTET, 'basicList', (writer, from, to) => {
      const item = writer.first(wishes, from, to);
      if (item === NONE) return;
      const end = itemEnd(writer.source, item);
      for (let p = item + Item.HeaderOctets; p < end; p++) {
        if (writer.room < ONE_OCTET) writer.omitted++;
        else writer.whole(ONE_OCTET, writer.source[p]);
      }
    }),
    text('dhcpVendorCode', numbers('messages.vendorClass')),
  ]);
}

/** By name of the protocol; those that are not here have no Template of YAF's. */
export const PROTOCOL_TEMPLATES: Readonly<Record<string, (numbers: Numbers) => SubTemplate>> = {
  tls: tlsTemplate,
  dtls: tlsTemplate,
  quic: tlsTemplate,
  http,
  ssh: sshTemplate,
  sip,
  rtsp,
  dns: dnsTemplate,
  mdns: dnsTemplate,
  llmnr: dnsTemplate,
  slp,
  smtp,
  dhcp,
  rtp,
  ftp,
  pop3,
  imap,
  irc,
  nntp,
  tftp,
  mysql,
  dnp3,
  enip,
  modbus,
};
