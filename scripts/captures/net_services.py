"""Captures of services without a login: DNS, HTTP, HTTPS, NTP, DHCP, and HTTP and DNS over IPv6."""

from disguise import DOMAIN
from lab import pair
from servers import NAME, start_dnsmasq, start_nginx


def dns(work, path):
    with pair(work) as lab:
        start_dnsmasq(lab, 'b', '--edns-packet-max=1232')
        with lab.capture(path, 'a'):
            ask(lab, '10.10.0.2')


def ask(lab, server):
    """Questions: A, AAAA, MX, one that has no answer, one over TCP, and one whose answer is cut and asked for again."""
    for question in (
        (NAME, 'A'),
        (NAME, 'AAAA'),
        (DOMAIN, 'MX'),
        (f'nobody.{DOMAIN}', 'A'),
        (NAME, 'A', '+tcp'),
        (f'long.{DOMAIN}', 'TXT', '+noedns'),
    ):
        lab.run('a', 'dig', f'@{server}', *question)


def http(work, path):
    http_session(work, path)


def http_offload(work, path):
    """With segmentation offload left on: the capture has packets that are longer than the MTU."""
    http_session(work, path, offload=True)


def http_session(work, path, offload=False):
    with pair(work, offload=offload) as lab:
        start_nginx(lab, 'b', '80')
        with lab.capture(path, 'a'):
            server = 'http://10.10.0.2'
            fetch(lab, f'{server}/', f'{server}/no-such-page', f'{server}/levels.txt')
            lab.run('a', 'curl', '-sS', '--head', f'{server}/')


def fetch(lab, *urls, options=()):
    """One curl, one connection that is kept alive."""
    outputs = [argument for url in urls for argument in ('-o', '/dev/null', url)]
    lab.run('a', 'curl', '-sS', *options, *outputs)


def https(work, path):
    """TLS 1.3 with HTTP/2, then TLS 1.2 with HTTP/1.1."""
    with pair(work) as lab:
        start_nginx(lab, 'b', '443 ssl http2')
        with lab.capture(path, 'a'):
            known = ('-k', '--resolve', f'{NAME}:443:10.10.0.2')
            fetch(lab, f'https://{NAME}/', f'https://{NAME}/day.txt', options=known)
            fetch(lab, f'https://{NAME}/', options=(*known, '--tls-max', '1.2', '--http1.1'))


def ipv6(work, path):
    """Begins before the addresses are there, so neighbour discovery and listener reports are in it."""
    with pair(work, '', '', ipv6=True) as lab:
        with lab.capture(path, 'a'):
            lab.run('a', 'ip', 'addr', 'add', 'fd00:10::1/64', 'dev', 'eth0')
            lab.run('b', 'ip', 'addr', 'add', 'fd00:10::2/64', 'dev', 'eth0')
            start_nginx(lab, 'b', '[::]:80')
            start_dnsmasq(lab, 'b')
            ask(lab, 'fd00:10::2')
            fetch(lab, 'http://[fd00:10::2]/', 'http://[fd00:10::2]/day.txt')


def ntp(work, path):
    """One exchange between port 123 and port 123, one from an ephemeral port, and two questions nobody hears."""
    with pair(work) as lab:
        (work / 'chrony.conf').write_text(
            f'local stratum 8\nallow 10.10.0.0/24\ndriftfile /run/chrony/drift\npidfile {work}/chronyd.pid\n'
        )
        (work / 'empty.conf').write_text('')
        # -x: the clock of the machine is left alone.
        server = lab.start(
            'b', 'chronyd', '-x', '-d', '-u', 'root', '-f', f'{work}/chrony.conf', ready=lab.listens('b', 123, 'u')
        )
        with lab.capture(path, 'a'):
            question = 'server 10.10.0.2 iburst maxsamples 1'
            for directives in ((question, 'acquisitionport 123'), (question,)):
                ask_time(lab, *directives)
            server.terminate()
            server.wait(5)
            ask_time(lab, question, 'acquisitionport 123', seconds=3)


def ask_time(lab, *directives, seconds=8):
    """chronyd -Q asks, prints, sets nothing; nobody answers within `seconds` counts as an answer here."""
    lab.run(
        'a',
        'chronyd',
        '-Q',
        '-x',
        '-u',
        'root',
        '-t',
        str(seconds),
        *directives,
        'pidfile /run/chrony/client.pid',
        check=False,
    )


DHCLIENT_SCRIPT = """#!/bin/sh
case $reason in
BOUND) ip addr add "$new_ip_address/24" dev "$interface" ;;
RELEASE) ip addr flush dev "$interface" ;;
esac
"""


def dhcp(work, path):
    """Discover, offer, request, acknowledgement; then the release."""
    with pair(work, '10.10.0.1/24', '') as lab:
        start_dnsmasq(
            lab,
            'a',
            '--dhcp-range=10.10.0.100,10.10.0.150,1h',
            f'--dhcp-leasefile={work}/leases',
            '--dhcp-authoritative',
            f'--domain={DOMAIN}',
            '--dhcp-option=option:router,10.10.0.1',
        )
        script = work / 'dhclient-script'
        script.write_text(DHCLIENT_SCRIPT)
        script.chmod(0o755)
        (work / 'dhclient.conf').write_text(
            'send host-name "laptop";\nrequest subnet-mask, routers, domain-name, domain-name-servers, interface-mtu;\n'
        )
        files = (
            '-cf',
            f'{work}/dhclient.conf',
            '-sf',
            str(script),
            '-lf',
            f'{work}/client.leases',
            '-pf',
            f'{work}/dhclient.pid',
        )
        with lab.capture(path, 'b'):
            lab.start('b', 'dhclient', '-4', '-d', '-1', '-v', *files, 'eth0', ready='bound to')
            lab.run('b', 'dhclient', '-4', '-r', '-v', *files, 'eth0')
