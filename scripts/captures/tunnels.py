"""Captures of tunnels and tags: ping and curl through them. The kernel's own where it has them, else user_tunnel.py."""

import sys
from dataclasses import dataclass
from pathlib import Path

from lab import Lab
from servers import start_nginx

USER_TUNNEL = str(Path(__file__).with_name('user_tunnel.py'))
DEVICE = 'inner0'
ENDS = {'a': 1, 'b': 2}
INNER_MTU = 1400


@dataclass(frozen=True)
class Tunnel:
    """kernel: what follows the name in `ip link add`, with {local} and {remote}; None when there is no such device."""

    kernel: str | None
    inner: tuple[str, ...] = ('ipv4', 'ipv6')
    outer: str = 'ipv4'


TUNNELS = {
    'vxlan': Tunnel('type vxlan id 42 local {local} remote {remote} dstport 4789 dev eth0'),
    'geneve': Tunnel('type geneve id 42 remote {remote}'),
    'gre': Tunnel('type gre local {local} remote {remote} key 42'),
    'gretap': Tunnel('type gretap local {local} remote {remote} key 42'),
    'ipip': Tunnel('type ipip local {local} remote {remote}', inner=('ipv4',)),
    'sit': Tunnel('type sit local {local} remote {remote}', inner=('ipv6',)),
    'ip6tnl': Tunnel('type ip6tnl mode ipip6 local {local} remote {remote}', inner=('ipv4',), outer='ipv6'),
    'erspan1': Tunnel('type erspan local {local} remote {remote} seq key 42 erspan_ver 1 erspan 7', inner=('ipv4',)),
    'erspan2': Tunnel(
        'type erspan local {local} remote {remote} seq key 42 erspan_ver 2 erspan_dir ingress erspan_hwid 5',
        inner=('ipv4',),
    ),
    'gtpu': Tunnel(None, inner=('ipv4',)),
    'vlan': Tunnel('link eth0 type vlan id 10'),
    'qinq': Tunnel('link service0 type vlan id 10'),
    'mpls': Tunnel(None, inner=('ipv4',)),
}

ADDRESSES = {'ipv4': '172.16.0.{}', 'ipv6': 'fd00:16::{}'}
PREFIX_LENGTHS = {'ipv4': 24, 'ipv6': 64}
OUTER_ADDRESSES = {'ipv4': '10.10.0.{}', 'ipv6': 'fd00:10::{}'}
MAC = '02:00:5e:10:{:02x}:00'
INNER_MAC = '02:00:5e:16:{:02x}:00'


def capture_tunnel(kind):
    """The function that makes the capture of a kind of tunnel; it returns who ended the tunnel."""

    def make(work, path):
        tunnel = TUNNELS[kind]
        with Lab(work, ipv6='ipv6' in (*tunnel.inner, tunnel.outer)) as lab:
            wires = [
                [f'{OUTER_ADDRESSES[tunnel.outer].format(end)}/{PREFIX_LENGTHS[tunnel.outer]}'] for end in ENDS.values()
            ]
            lab.join('a', wires[0], 'b', wires[1])
            in_user_space = not kernel_has(lab, kind)
            for namespace, end in ENDS.items():
                if in_user_space:
                    start_user_tunnel(lab, kind, namespace)
                else:
                    add_kernel_device(lab, kind, namespace)
                address_device(lab, tunnel, namespace, end, with_mac=in_user_space or kind not in ('vlan', 'qinq'))
            start_nginx(lab, 'b', '80', '[::]:80')
            with lab.capture(path, 'a'):
                traffic(lab, tunnel)
        return 'user space' if in_user_space else 'kernel'

    return make


def kernel_has(lab, kind):
    """Whether the kernel makes such a device; prints why when it does not."""
    if TUNNELS[kind].kernel is None:
        print('  no device of the kernel does this alone: its ends are in user space')
        return False
    base = 'vlan' if kind == 'qinq' else kind
    arguments = TUNNELS[base].kernel.format(**outer_ends(TUNNELS[base], 1, 2)).split()
    tried = lab.run('a', 'ip', 'link', 'add', 'name', 'trial0', *arguments, check=False)
    if tried.returncode != 0:
        print(f'  no {base} in this kernel ({tried.stderr.strip()}): its ends are in user space')
        return False
    lab.run('a', 'ip', 'link', 'del', 'trial0')
    return True


def outer_ends(tunnel, end, other):
    address = OUTER_ADDRESSES[tunnel.outer]
    return {'local': address.format(end), 'remote': address.format(other)}


def add_kernel_device(lab, kind, namespace):
    if kind == 'qinq':
        lab.run(
            namespace,
            'ip',
            'link',
            'add',
            'link',
            'eth0',
            'name',
            'service0',
            'type',
            'vlan',
            'proto',
            '802.1ad',
            'id',
            '200',
        )
        lab.run(namespace, 'ip', 'link', 'set', 'service0', 'up')
    end = ENDS[namespace]
    arguments = TUNNELS[kind].kernel.format(**outer_ends(TUNNELS[kind], end, 3 - end)).split()
    lab.run(namespace, 'ip', 'link', 'add', 'name', DEVICE, *arguments)


def start_user_tunnel(lab, kind, namespace):
    end = ENDS[namespace]
    ends = (
        {'local': MAC.format(end), 'remote': MAC.format(3 - end)}
        if kind == 'mpls'
        else outer_ends(TUNNELS[kind], end, 3 - end)
    )
    lab.start(namespace, sys.executable, USER_TUNNEL, kind, ends['local'], ends['remote'], DEVICE, ready='tunnel is up')


def address_device(lab, tunnel, namespace, end, with_mac):
    is_ethernet = 'link/ether' in lab.run(namespace, 'ip', 'link', 'show', DEVICE).stdout
    if is_ethernet and with_mac:
        lab.run(namespace, 'ip', 'link', 'set', DEVICE, 'address', INNER_MAC.format(end))
    lab.run(namespace, 'ip', 'link', 'set', DEVICE, 'mtu', str(INNER_MTU))
    for family in tunnel.inner:
        address = f'{ADDRESSES[family].format(end)}/{PREFIX_LENGTHS[family]}'
        lab.run(namespace, 'ip', 'addr', 'add', address, 'dev', DEVICE, *(('nodad',) if family == 'ipv6' else ()))
    lab.run(namespace, 'ip', 'link', 'set', DEVICE, 'up')


def traffic(lab, tunnel):
    for family in tunnel.inner:
        server = ADDRESSES[family].format(ENDS['b'])
        lab.run('a', 'ping', '-n', '-c', '3', '-i', '0.2', server)
        host = f'[{server}]' if family == 'ipv6' else server
        lab.run('a', 'curl', '-sS', '-o', '/dev/null', f'http://{host}/', '-o', '/dev/null', f'http://{host}/day.txt')
