// Sends UDP packets of many flows out of an interface, at a rate or as fast as it can, and says how many went out.
//   sender INTERFACE FLOWS PACKETS_PER_SECOND(0: top speed) SECONDS [mixed] [ROUNDS]
// Each round sends a packet of every flow. mixed: one of each direction and two fragments of every flow, together.
// ROUNDS: after so many rounds all flows are replaced by others; 0: never.
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

enum { BATCH = 64, OCTETS = 90, SOURCE = 26, DESTINATION = 30, PORTS = 34, IDENTIFICATION = 18, FRAGMENT = 20 };
// Octets behind the IP header, in the units of fragment offsets.
enum { FRAGMENT_UNITS = (OCTETS - PORTS) / 8, MORE_FRAGMENTS = 0x2000 };
enum { PAUSE_NS = 20000 };
enum Kind { FORWARD, REVERSE, FIRST_FRAGMENT, LATER_FRAGMENT, KINDS };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static void put16(uint8_t *at, uint16_t value) {
  at[0] = value >> 8;
  at[1] = value;
}

static void put32(uint8_t *at, uint32_t value) {
  put16(at, value >> 16);
  put16(at + 2, value);
}

static void begin(uint8_t *f) {
  memcpy(f, "\2\0\0\0\0\2\2\0\0\0\0\1\x08\0\x45", 15);
  put16(f + 16, OCTETS - 14);
  f[22] = 64;
  f[23] = 17;
}

static void write_packet(uint8_t *f, uint32_t flow, uint32_t generation, enum Kind kind) {
  // Neighbouring flows differ in all octets of the address.
  const uint32_t client = 0x0a000000 | (flow * 2654435761u >> 8), server = 0xc0a80000 | (flow & 0xffff);
  const uint16_t client_port = 1024 + generation % 60000, server_port = 53;
  const int reverse = kind == REVERSE;
  put32(f + SOURCE, reverse ? server : client);
  put32(f + DESTINATION, reverse ? client : server);
  put16(f + IDENTIFICATION, flow);
  put16(f + FRAGMENT, kind == FIRST_FRAGMENT ? MORE_FRAGMENTS : kind == LATER_FRAGMENT ? FRAGMENT_UNITS : 0);
  put16(f + PORTS, reverse ? server_port : client_port);
  put16(f + PORTS + 2, reverse ? client_port : server_port);
  put16(f + PORTS + 4, OCTETS - PORTS);
}

int main(int argc, char **argv) {
  if (argc < 5) return fprintf(stderr, "usage: sender INTERFACE FLOWS RATE SECONDS [mixed] [ROUNDS]\n"), 2;
  const uint32_t flows = strtoul(argv[2], NULL, 10);
  const double rate = atof(argv[3]), seconds = atof(argv[4]);
  const int mixed = argc > 5 && strcmp(argv[5], "mixed") == 0;
  const uint32_t rounds = argc > 6 ? strtoul(argv[6], NULL, 10) : 0;
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
    begin(frames[i]);
    vectors[i] = (struct iovec){frames[i], OCTETS};
    messages[i].msg_hdr.msg_iov = &vectors[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  uint64_t sent = 0, refused = 0;
  uint32_t flow = 0, round = 0, generation = 0;
  const double start = now();
  for (double t = start; t - start < seconds; t = now()) {
    if (rate > 0 && sent > (t - start) * rate) {
      // Too early; whoever measures may need the processor.
      nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
      continue;
    }
    for (int i = 0; i < BATCH; i++) {
      const enum Kind kind = mixed ? i % KINDS : FORWARD;
      write_packet(frames[i], flow, generation, kind);
      if (mixed && kind != LATER_FRAGMENT) continue;
      if (++flow < flows) continue;
      flow = 0;
      if (rounds > 0 && ++round % rounds == 0) generation++;
    }
    // What the interface has no room for is not sent again.
    const int n = sendmmsg(fd, messages, BATCH, 0);
    if (n > 0) sent += n;
    if (n < BATCH) refused += BATCH - (n > 0 ? n : 0);
  }
  printf("{\"sent\":%llu,\"refused\":%llu,\"seconds\":%.3f}\n", (unsigned long long)sent, (unsigned long long)refused,
         now() - start);
  return 0;
}
