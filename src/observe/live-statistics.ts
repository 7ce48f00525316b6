import type { InterfaceStatus, LiveStatus, OutputStatus } from './live-status.js';
import { grouped } from './grouped.js';
import { ledgerText, reasons } from './run-statistics.js';

/** What a sensor says at its end, for people. */
export function liveStatisticsText(status: LiveStatus): string {
  const { ledger, interfaces, droppedByKernel, droppedByInterface, notSent, uptimeSeconds } = status;
  const seen = ledger.packets.received + droppedByKernel + droppedByInterface;
  const share = seen === 0 ? '' : `${((100 * (droppedByKernel + droppedByInterface)) / seen).toFixed(2)} %`;
  return ledgerText({
    ledger,
    seconds: uptimeSeconds,
    packetsPerSecond: ledger.packets.received / uptimeSeconds,
    source: interfaces.map(interfaceNote).join(', '),
    packetLines: [
      [
        'dropped',
        droppedByKernel + droppedByInterface,
        `kernel ${grouped(droppedByKernel)}, interface ${grouped(droppedByInterface)}${share === '' ? '' : `: ${share}`}`,
      ],
    ],
    notSentNote: reasons({ handOverFull: notSent.handOverFull.flows, noOutput: notSent.noOutput.flows }),
    outputLines: status.outputs.map((output) => [`  to ${output.name}`, output.exported, outputNote(output)]),
  });
}

function interfaceNote({ name, received, countsDrops }: InterfaceStatus): string {
  return `${name} ${grouped(received)}${countsDrops ? '' : ' (drops cannot be told)'}`;
}

function outputNote({ filtered, notSent, fault }: OutputStatus): string {
  const lost = reasons(notSent);
  const parts = [
    'records',
    filtered > 0 ? `${grouped(filtered)} filtered` : '',
    lost === '' ? '' : `not sent: ${lost}`,
  ];
  return parts.filter((part) => part !== '').join(', ') + (fault === null ? '' : `; ${fault}`);
}
