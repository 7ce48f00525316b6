"""Captures of the network's own traffic: ICMP, traceroute, a port scan."""

from lab import Lab, pair
from servers import start_nginx


def icmp(work, path):
    """Both families: echo, echo in fragments, destination unreachable for want of a port and of a protocol."""
    with pair(work, '10.10.0.1/24 fd00:10::1/64', '10.10.0.2/24 fd00:10::2/64', ipv6=True) as lab:
        with lab.capture(path, 'a'):
            for server in ('10.10.0.2', 'fd00:10::2'):
                lab.run('a', 'ping', '-n', '-c', '4', '-i', '0.3', server)
                lab.run('a', 'ping', '-n', '-c', '2', '-i', '0.3', '-s', '4000', server)
                lab.run('a', 'dig', f'@{server}', '+tries=1', '+timeout=1', 'example.test', check=False)
                lab.run('a', 'nmap', '-n', '-Pn', '-sO', '-p', '132', *(('-6',) if ':' in server else ()), server)


def icmp_nanoseconds(work, path):
    with pair(work) as lab, lab.capture(path, 'a', options=('--time-stamp-precision=nano',)):
        lab.run('a', 'ping', '-n', '-c', '5', '-i', '0.2', '10.10.0.2')


def traceroute(work, path):
    """Client and server with two routers between them, probes by UDP and by ICMP, seen beside the client."""
    with Lab(work, 'a', 'r', 's', 'b', ipv6=True) as lab:
        for router in ('r', 's'):
            lab.sysctl(router, 'net/ipv4/ip_forward=1', 'net/ipv6/conf/all/forwarding=1')
            # Every probe gets its answer, however fast they come.
            lab.sysctl(router, 'net/ipv4/icmp_ratelimit=0', 'net/ipv6/icmp/ratelimit=0')
        lab.sysctl('b', 'net/ipv4/icmp_ratelimit=0', 'net/ipv6/icmp/ratelimit=0')
        lab.join('a', ['10.10.0.2/24', 'fd00:10::2/64'], 'r', ['10.10.0.254/24', 'fd00:10::fe/64'])
        lab.join('r', ['10.10.1.1/24', 'fd00:11::1/64'], 's', ['10.10.1.2/24', 'fd00:11::2/64'])
        lab.join('s', ['10.10.2.254/24', 'fd00:12::fe/64'], 'b', ['10.10.2.1/24', 'fd00:12::1/64'])
        for namespace, ipv4, ipv6 in (
            ('a', '10.10.0.254', 'fd00:10::fe'),
            ('r', '10.10.1.2', 'fd00:11::2'),
            ('s', '10.10.1.1', 'fd00:11::1'),
            ('b', '10.10.2.254', 'fd00:12::fe'),
        ):
            lab.run(namespace, 'ip', 'route', 'add', 'default', 'via', ipv4)
            lab.run(namespace, 'ip', '-6', 'route', 'add', 'default', 'via', ipv6)
        with lab.capture(path, 'a'):
            for server in ('10.10.2.1', 'fd00:12::1'):
                lab.run('a', 'traceroute', '-n', '-w', '1', server)
                lab.run('a', 'traceroute', '-n', '-w', '1', '-I', server)


def scan(work, path):
    """SYN scan of ports 1 to 200, two of which are open."""
    with pair(work, '10.10.0.66/24', '10.10.0.1/24') as lab:
        start_nginx(lab, 'b', '22', '80')
        with lab.capture(path, 'b'):
            lab.run('a', 'nmap', '-n', '-Pn', '-sS', '-r', '-p', '1-200', '10.10.0.1')
