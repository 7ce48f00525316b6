"""Writes the README.md that lies beside the captures."""

HEAD = """# Captures

Small captures of real programs, made by `scripts/make-captures` in network namespaces: nothing of it ever crossed a
real network. The demonstration and the tests replay them. The script writes this page and `expected.tsv`, too.

- Addresses: 10.10.0.0/24 and fd00:10::/64 (outer, or plain), 172.16.0.0/24 and fd00:16::/64 (inside tunnels),
  192.168.77.0/24 (inside PPTP), 10.10.1.0/24, 10.10.2.0/24, fd00:11::/64, fd00:12::/64 (behind the routers).
- User `analyst`, password `not-a-secret`, host `server`, domain `example.test`. They exist nowhere else.
- Moved to 2026-01-15 (UTC) by whole seconds, each capture to a time of its own; distances between packets are as
  captured, but for `quiet-vpn.pcap`. Dates inside the payload (NTP, HTTP) are those of the day of the capture.
- Whole packets, with ARP and IPv6 neighbour discovery where the programs caused it. Segmentation and checksum offload
  were off, but for `http-offload.pcap`.
- What is typed (SSH, TELNET, FTP) is typed by a script, a key each 40 ms.

## What is in them
"""

WORDS = {
    'ssh': 'OpenSSH: log in with a key, `ls`, `exit`. Server 10.10.0.1.',
    'telnet': 'inetutils telnetd and telnet: log in, `ls`, `exit`. Server 10.10.0.1.',
    'ftp-passive': (
        'vsftpd and the inetutils client: log in, `ls` over a passive data connection, `quit`. Server 10.10.0.2.'
    ),
    'ftp-active': 'The same with an active data connection, from port 20.',
    'dns': (
        'dnsmasq and dig: A, AAAA, MX, a name that does not exist, a question over TCP, and a TXT answer too long for'
        ' UDP, truncated and asked for again over TCP.'
    ),
    'http': 'nginx and curl: a page, a 404 and 100,000 octets over one connection that is kept alive; then a HEAD.',
    'https': 'nginx with a self-signed certificate, and curl: TLS 1.3 with HTTP/2, then TLS 1.2 with HTTP/1.1.',
    'ntp': (
        'chrony: an exchange between ports 123, one from an ephemeral port, then questions that get port unreachable.'
    ),
    'pptp': (
        'pptpd and pptp: the control connection and enhanced GRE (version 1, with sequence and acknowledgement numbers)'
        ' are theirs. The PPP inside is not from pppd, which needs the kernel, but from `scripts/captures/ppp_peer.py`:'
        ' LCP, PAP, IPCP, three pings, an LCP echo, the end.'
    ),
    'icmp': (
        'IPv4 and IPv6: ping, ping of 4,000 octets in fragments, port unreachable, protocol unreachable (IPv6:'
        ' parameter problem).'
    ),
    'traceroute': 'UDP and ICMP probes over IPv4 and IPv6, two routers on the way, captured beside the client.',
    'scan': 'nmap, SYN scan of ports 1 to 200, from 10.10.0.66; 22 and 80 are open.',
    'quiet-vpn': (
        'OpenVPN over UDP: the TLS handshake, then nothing but its ping each 25 s, and a renegotiation after an hour.'
        ' Both ends ran under faketime at {haste} times the speed of the clock; the time stamps were stretched by that'
        ' factor, so a handshake that took milliseconds takes {haste} times as long here.'
    ),
    'dhcp': (
        'dnsmasq and ISC dhclient: discover, offer, request, acknowledgement, release; the server looks for the address'
        ' by ping first.'
    ),
    'ipv6': (
        'The DNS questions above and HTTP over IPv6; listener reports (hop-by-hop options) and neighbour discovery at'
        ' the start.'
    ),
    'http-offload': (
        'As `http.pcap`, segmentation offload on: TCP packets longer than the MTU, checksums left to the hardware.'
    ),
    'icmp-nanoseconds': 'Five pings, time stamps in nanoseconds (magic 0xa1b23c4d).',
    'vxlan': 'VXLAN, VNI 42.',
    'geneve': 'GENEVE, VNI 42.',
    'gre': 'GRE with key 42, IPv4 and IPv6 inside.',
    'gretap': 'GRE with key 42, Ethernet inside.',
    'ipip': 'IPv4 in IPv4.',
    'sit': 'IPv6 in IPv4.',
    'ip6tnl': 'IPv4 in IPv6.',
    'erspan1': 'ERSPAN version 1 (type II), session 42.',
    'erspan2': 'ERSPAN version 2 (type III), session 42.',
    'gtpu': 'GTP-U, tunnel endpoint identifier 42.',
    'vlan': 'IEEE 802.1Q, VLAN 10.',
    'qinq': 'IEEE 802.1ad, service VLAN 200, customer VLAN 10.',
    'mpls': 'Two labels, 1000 and 2000.',
}
DERIVED_WORDS = {
    'mixed-links.pcapng': (
        'DNS and ping seen by two interfaces of different link types: Ethernet at the client, and "any" (Linux cooked'
        ' v2) at the server, which also sees a ping on its loopback interface.'
    ),
    'http-snaplen54.pcap': '`http.pcap` cut to 54 octets per packet (`editcap -s 54`).',
    'dns.pcap.gz': '`dns.pcap`, gzip.',
    'ssh.pcap.zst': '`ssh.pcap`, zstd.',
    'dns-truncated.pcap': '`dns.pcap`, ending in the middle of its last record.',
    'demo.pcap': 'A day: {demo}, merged (`mergecap`).',
}
TUNNELS_HEAD = """
Tunnels and tags: ping and HTTP through them. "Kernel": both ends are devices of the Linux kernel. "User space": the
kernel that they were made on had no such device, and `scripts/captures/user_tunnel.py` wrapped and unwrapped the packets
of a TUN or TAP device; the traffic inside is the kernel's and the programs' either way.
"""

TAIL = """
## expected.tsv

What tshark and capinfos, as independent witnesses, count: packets (`capinfos -c`), and packets and octets of IPv4 and
IPv6 by the outermost IP header of each packet, below tags and labels. Octets are IP lengths: `ip.len`, or
`ipv6.plen` + 40. The rest of the packets is ARP. For `dns-truncated.pcap`, what can be read before the cut.

```
capinfos -c -M -T -r CAPTURE
tshark -n -r CAPTURE -T fields -E occurrence=f -e frame.protocols -e ip.len -e ipv6.plen
```

The first of `ip` and `ipv6` in `frame.protocols` tells which header is the outermost.

## Making them again

`scripts/make-captures [DIRECTORY [CAPTURE...]]`, as root on Linux, Debian 12 for preference; it names the packages it
misses. It works in private namespaces (mount, PID, network, UTS, IPC) and leaves nothing behind but the captures. Ports,
sequence numbers, keys and times differ from run to run, and so do packet counts by a few: `expected.tsv` is written
with them.
"""


def write(output, names, notes, tunnels, facts):
    """names: of all files; notes: tunnel → where its ends are; facts: for the words above."""
    lines = [HEAD]
    plain = [
        name for name in names if name.removesuffix('.pcap') in WORDS and name.removesuffix('.pcap') not in tunnels
    ]
    lines += [item(name, WORDS[name.removesuffix('.pcap')], facts) for name in plain]
    lines.append(TUNNELS_HEAD)
    lines += [f'- `{kind}.pcap` ({notes[kind]}): {WORDS[kind]}' for kind in tunnels]
    lines.append('\nOther formats, made of the captures above:\n')
    lines += [item(name, words, facts) for name, words in DERIVED_WORDS.items()]
    lines.append(TAIL)
    (output / 'README.md').write_text('\n'.join(lines))


def item(name, words, facts):
    return f'- `{name}`: {words.format(**facts)}'
