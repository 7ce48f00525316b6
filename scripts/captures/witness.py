"""What tshark counts in the captures, as tests will compare: expected.tsv."""

import subprocess

from lab import ENVIRONMENT, LabError, run

COLUMNS = ('capture', 'packets', 'ipv4_packets', 'ipv4_octets', 'ipv6_packets', 'ipv6_octets')
TSHARK = (
    'tshark',
    '-n',
    '-T',
    'fields',
    '-E',
    'occurrence=f',
    '-e',
    'frame.protocols',
    '-e',
    'ip.len',
    '-e',
    'ipv6.plen',
)
IPV6_HEADER_OCTETS = 40


def write_expected(output, captures):
    rows = ['\t'.join(COLUMNS), *('\t'.join(map(str, count(output / name, is_cut))) for name, is_cut in captures)]
    (output / 'expected.tsv').write_text('\n'.join(rows) + '\n')


def count(path, is_cut):
    """One row. A cut file makes capinfos and tshark exit with an error; what they read before it counts."""
    options = {'stdout': subprocess.PIPE, 'stderr': subprocess.PIPE, 'text': True, 'env': ENVIRONMENT, 'check': False}
    done = subprocess.run([*TSHARK, '-r', str(path)], **options)
    if (done.returncode != 0) != is_cut:
        raise LabError(f'{path}: tshark exits with {done.returncode}\n{done.stderr}')
    packets = {4: 0, 6: 0}
    octets = {4: 0, 6: 0}
    lines = done.stdout.splitlines()
    for line in lines:
        protocols, ipv4_length, ipv6_length = line.split('\t')
        outermost = next((name for name in protocols.split(':') if name in ('ip', 'ipv6')), None)
        if outermost == 'ip':
            packets[4] += 1
            octets[4] += int(ipv4_length)
        elif outermost == 'ipv6':
            packets[6] += 1
            octets[6] += int(ipv6_length) + IPV6_HEADER_OCTETS
    if not is_cut:
        counted = int(run('capinfos', '-c', '-M', '-T', '-r', str(path)).stdout.split('\t')[1])
        if counted != len(lines):
            raise LabError(f'{path}: capinfos counts {counted} packets, tshark {len(lines)}')
    return path.name, len(lines), packets[4], octets[4], packets[6], octets[6]
