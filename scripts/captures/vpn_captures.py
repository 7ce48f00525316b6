"""Captures of VPN services: PPTP, and a UDP VPN that is quiet for more than an hour."""

import socket
import sys
import time
from pathlib import Path

from disguise import DOMAIN
from lab import LabError, pair, run, wait_until
from pcap_time import longest_gap_s
from servers import make_certificate

PPP_PEER = str(Path(__file__).with_name('ppp_peer.py'))

# The programs of the quiet VPN live this much faster than the clock; main.py stretches their capture as much.
HASTE = 160
QUIET_S = 4000
# OpenVPN asks for a ping each 25 s and notices up to 2 s late; longer means that this machine was too busy.
GAP_MAX_S = 29
ATTEMPTS = 3


def pptp(work, path):
    """pptpd and pptp speak the control connection and enhanced GRE; in place of pppd, ppp_peer.py speaks PPP."""
    stand_in = work / 'pppd'
    stand_in.write_text(f'#!/bin/sh\nexec {sys.executable} {PPP_PEER} server 192.168.77.1 192.168.77.2\n')
    stand_in.chmod(0o755)
    (work / 'pptpd.conf').write_text('localip 192.168.77.1\nremoteip 192.168.77.2\nconnections 2\nnoipparam\n')
    with pair(work) as lab:
        lab.start(
            'b',
            'pptpd',
            '--fg',
            '--conf',
            f'{work}/pptpd.conf',
            '--ppp',
            str(stand_in),
            '--pidfile',
            f'{work}/pptpd.pid',
            ready=lab.listens('b', 1723),
        )
        # pptp takes what it finds as standard input for pppd's terminal.
        terminal, ours = socket.socketpair()
        with lab.capture(path, 'a'):
            client = lab.start('a', 'pptp', '10.10.0.2', '--nolaunchpppd', stdin=terminal)
            terminal.close()
            run(sys.executable, PPP_PEER, 'client', '192.168.77.2', '192.168.77.1', stdin=ours)
            ours.close()
            wait_until(lambda: client.poll() is not None, 'pptp to end')


def quiet_vpn(work, path):
    """OpenVPN, TLS, a ping of its own each 25 s and nothing else; under faketime, hours pass in seconds."""
    fingerprints = {side: make_certificate(work, side, f'/CN={side}.{DOMAIN}') for side in ('server', 'client')}
    for _ in range(ATTEMPTS):
        run_openvpn(work, path, fingerprints)
        gap_s = longest_gap_s(path) * HASTE
        if gap_s < GAP_MAX_S:
            return
        print(f'  a gap of {gap_s:.1f} s in the quiet VPN: once more')
    raise LabError(
        f'quiet-vpn: {gap_s:.1f} s without a packet, {GAP_MAX_S} s expected at most; this machine is too busy'
    )


def run_openvpn(work, path, fingerprints):
    common = (
        '--dev',
        'null',
        '--ping',
        '25',
        '--proto',
        'udp4',
        '--auth-nocache',
        '--verb',
        '3',
        '--data-ciphers',
        'AES-256-GCM',
    )
    hurried = ('faketime', '-f', f'@2026-01-15 13:00:00 x{HASTE}', 'openvpn')

    def credentials(side, other):
        return '--cert', f'{work}/{side}.pem', '--key', f'{work}/{side}.key', '--peer-fingerprint', fingerprints[other]

    with pair(work) as lab:
        lab.start(
            'b',
            *hurried,
            *common,
            '--tls-server',
            '--dh',
            'none',
            '--local',
            '10.10.0.2',
            *credentials('server', 'client'),
            ready=lab.listens('b', 1194, 'u'),
        )
        with lab.capture(path, 'a'):
            lab.start(
                'a',
                *hurried,
                *common,
                '--tls-client',
                '--remote',
                '10.10.0.2',
                '--nobind',
                *credentials('client', 'server'),
                ready='Initialization Sequence Completed',
            )
            time.sleep(QUIET_S / HASTE)
