"""Servers that several captures share: nginx and dnsmasq, with their data, and the certificate."""

from disguise import DOMAIN, HOST_NAME
from lab import run

NAME = f'{HOST_NAME}.{DOMAIN}'
LINE = 'Level of the stream at the weir, in millimetres above the crest: {:06d}\n'
BODY_OCTETS = 100_000


def start_nginx(lab, namespace, *listen):
    """listen: what nginx's `listen` takes, for example '80' or '[::]:443 ssl http2'."""
    site = lab.work / 'site'
    if not site.exists():
        site.mkdir()
        (site / 'index.html').write_text(
            f'<!doctype html>\n<title>{NAME}</title>\n<p>A weir measures the flow of a stream.</p>\n'
        )
        (site / 'levels.txt').write_text(
            ''.join(LINE.format(n) for n in range(BODY_OCTETS // len(LINE.format(0)) + 1))[:BODY_OCTETS]
        )
        (site / 'day.txt').write_text(''.join(LINE.format(n) for n in range(96)))
        make_certificate(lab.work, 'site', f'/O=Example/CN={NAME}', '-addext', f'subjectAltName=DNS:{NAME}')
    configuration = lab.work / f'nginx-{namespace}.conf'
    configuration.write_text(
        f'daemon off; pid {lab.work}/nginx-{namespace}.pid; worker_processes 1; error_log stderr notice;\n'
        'events { worker_connections 64; }\n'
        'http { access_log off; server_tokens off; types { text/html html; text/plain txt; }\n'
        f'  ssl_certificate {lab.work}/site.pem; ssl_certificate_key {lab.work}/site.key;\n'
        f'  server {{ {" ".join(f"listen {item};" for item in listen)} server_name {NAME}; root {site}; }} }}\n'
    )
    lab.start(namespace, 'nginx', '-c', str(configuration), '-e', 'stderr', ready='start worker processes')


def make_certificate(work, name, subject, *options):
    """Self-signed, valid at the date of the captures: work/NAME.pem and .key. Returns the SHA-256 fingerprint."""
    run(
        'faketime',
        '2026-01-01 00:00:00',
        'openssl',
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '3650',
        '-subj',
        subject,
        *options,
        '-keyout',
        f'{work}/{name}.key',
        '-out',
        f'{work}/{name}.pem',
    )
    return (
        run('openssl', 'x509', '-in', f'{work}/{name}.pem', '-noout', '-fingerprint', '-sha256')
        .stdout.strip()
        .split('=', 1)[1]
    )


def start_dnsmasq(lab, namespace, *options):
    """Authoritative enough: answers for example.test from the command line, asks nobody."""
    records = (
        f'--host-record={NAME},10.10.0.2,fd00:10::2',
        f'--host-record=www.{DOMAIN},10.10.0.2,fd00:10::2',
        f'--host-record=mail.{DOMAIN},10.10.0.25',
        f'--mx-host={DOMAIN},mail.{DOMAIN},10',
        *(f'--txt-record=long.{DOMAIN},"{n:02d} {"weir " * 40}"' for n in range(6)),
    )
    lab.start(
        namespace,
        'dnsmasq',
        '--keep-in-foreground',
        '--log-facility=-',
        '--conf-file=/dev/null',
        '--no-resolv',
        '--no-hosts',
        '--user=root',
        '--pid-file=',
        f'--local=/{DOMAIN}/',
        *records,
        *options,
        ready='started, version',
    )
