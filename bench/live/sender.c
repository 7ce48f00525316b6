// Sends UDP packets of many flows out of an interface, at a rate or as fast as it can, and says how many went out.
//   sender INTERFACE FLOWS PACKETS_PER_SECOND(0: top speed) SECONDS
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, OCTETS = 86 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
  if (argc != 5) return fprintf(stderr, "usage: sender INTERFACE FLOWS RATE SECONDS\n"), 2;
  const uint32_t flows = strtoul(argv[2], NULL, 10);
  const double rate = atof(argv[3]), seconds = atof(argv[4]);
  const int fd = socket(AF_PACKET, SOCK_RAW, 0);
  struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = if_nametoindex(argv[1])};
  // Without this the packets would go through the queueing discipline.
  const int one = 1;
  if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof to) != 0) return perror(argv[1]), 1;
  setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one);

  static uint8_t frames[BATCH][OCTETS];
  struct iovec vectors[BATCH];
  struct mmsghdr messages[BATCH];
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < BATCH; i++) {
    uint8_t *f = frames[i];
    memcpy(f, "\2\0\0\0\0\2\2\0\0\0\0\1\x08\0\x45\0\0\x48\0\0\0\0\x40\x11\0\0", 26);
    memcpy(f + 34, "\x10\0\0\x35\0\x34\0\0", 8);
    vectors[i] = (struct iovec){f, OCTETS};
    messages[i].msg_hdr.msg_iov = &vectors[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  uint64_t sent = 0, refused = 0;
  uint32_t flow = 0;
  const double start = now();
  for (double t = start; t - start < seconds; t = now()) {
    if (rate > 0 && sent > (t - start) * rate) continue;
    for (int i = 0; i < BATCH; i++) {
      // Neighbouring flows differ in all octets of the address.
      const uint32_t source = htonl(0x0a000000 | (flow * 2654435761u >> 8)), destination = htonl(0xc0a80000 | (flow & 0xffff));
      memcpy(frames[i] + 26, &source, 4);
      memcpy(frames[i] + 30, &destination, 4);
      if (++flow == flows) flow = 0;
    }
    const int n = sendmmsg(fd, messages, BATCH, 0);
    if (n > 0) sent += n;
    else refused++;
  }
  printf("{\"sent\":%llu,\"refused\":%llu,\"seconds\":%.3f}\n", (unsigned long long)sent, (unsigned long long)refused,
         now() - start);
  return 0;
}
