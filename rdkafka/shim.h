/* Shims between Go and librdkafka.
 *
 * Each function is one call from Go. No shim keeps a Go pointer after it has
 * returned; memory that a shim allocates is named with its owner beside it. */
#ifndef RKGO_SHIM_H
#define RKGO_SHIM_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rdkafka.h"

#if RD_KAFKA_VERSION < 0x020e00ff
/* clang-format off */
#error "rdkafka for Go needs librdkafka 2.14.0 or newer: update the system's librdkafka, or build without -tags dynamic"
/* clang-format on */
#endif

/* ---- stash: what librdkafka's callbacks leave for Go to fetch ---- */

typedef struct rkgo_rebalance_s {
        struct rkgo_rebalance_s *next;
        rd_kafka_resp_err_t err;
        rd_kafka_topic_partition_list_t *partitions; /* owned */
} rkgo_rebalance_t;

typedef struct rkgo_log_s {
        struct rkgo_log_s *next;
        int64_t ts_us; /* wall clock, microseconds */
        int level;
        size_t fac_len;
        size_t msg_len;
        char text[]; /* fac, then message; not terminated */
} rkgo_log_t;

/* The newest of what librdkafka tells only beside its error events. */
typedef struct rkgo_note_s {
        int64_t ts_us; /* wall clock, microseconds; 0: there was none */
        char text[768];
} rkgo_note_t;

typedef struct rkgo_stash_s {
        pthread_mutex_t lock;
        rkgo_note_t fail;     /* the log line of a connection that failed */
        rkgo_note_t cert;     /* broker's name, newline, what is wrong with its
                               * certificate */
        int64_t cert_line_us; /* when a log line of that was last let through */
        int wake_fd;          /* written to when a log line arrives; -1: none */
        int want_logs; /* 1: log lines are stashed, 0: librdkafka prints them */
        rkgo_rebalance_t *reb_head;
        rkgo_rebalance_t **reb_tail;
        int reb_cnt;
        rkgo_log_t *log_head;
        rkgo_log_t **log_tail;
        int log_cnt;
        int log_max; /* beyond it the oldest lines go, and are counted */
        int64_t log_dropped;
} rkgo_stash_t;

/* The caller owns the result and must call rkgo_stash_destroy after the client
 * is destroyed. */
rkgo_stash_t *rkgo_stash_new(int log_max);
void rkgo_stash_destroy(rkgo_stash_t *st);
/* Points conf's opaque and callbacks at the stash; the stash must outlive conf
 * and the client made of it. */
void rkgo_conf_set_stash(rd_kafka_conf_t *conf, rkgo_stash_t *st, int logs,
                         int rebalances);
/* Makes the stash note why a broker's certificate is refused. Without it
 * librdkafka says only that it is. */
void rkgo_conf_note_certs(rd_kafka_conf_t *conf);
/* Copies st->fail or st->cert. */
void rkgo_stash_get_note(rkgo_stash_t *st, const rkgo_note_t *note,
                         rkgo_note_t *out);
void rkgo_stash_set_wake(rkgo_stash_t *st, int fd);
/* The caller owns *partitionsp (rd_kafka_topic_partition_list_destroy).
 * Returns 0 when the stash holds no rebalance. */
int rkgo_stash_pop_rebalance(rkgo_stash_t *st, rd_kafka_resp_err_t *errp,
                             rd_kafka_topic_partition_list_t **partitionsp);
/* The caller owns the result (free). */
rkgo_log_t *rkgo_stash_pop_log(rkgo_stash_t *st, int64_t *droppedp);

/* rd_kafka_new, with the log lines of the creation itself stashed as well.
 * Takes conf on success only. */
rd_kafka_t *rkgo_new(rd_kafka_type_t type, rd_kafka_conf_t *conf,
                     rkgo_stash_t *st, char *errstr, size_t errstr_size,
                     rd_kafka_resp_err_t *errp);

/* ---- partition lists as flat bytes ---- */

/* Encodes list into memory that the caller owns (free). The form, in the
 * machine's byte order and without padding, per partition: int32 partition,
 * int64 offset, int32 leader epoch (-1: none), int32 err, int32 topic length,
 * int32 metadata length (-1: NULL), topic, metadata. */
char *rkgo_list_encode(const rd_kafka_topic_partition_list_t *list,
                       size_t *lenp);
/* The reverse. The caller owns the result. buf is only read. */
rd_kafka_topic_partition_list_t *rkgo_list_decode(const char *buf, int cnt);

/* ---- events ---- */

typedef struct rkgo_event_s {
        rd_kafka_event_t *ev;
        int32_t type;
        int32_t count; /* messages, for a delivery report event */
} rkgo_event_t;

/* Polls q once; the caller owns out->ev (rd_kafka_event_destroy). */
void rkgo_queue_poll(rd_kafka_queue_t *q, int timeout_ms, rkgo_event_t *out);

/* ---- produce ---- */

/* rd_kafka_topic_new with the default configuration; on failure NULL, and the
 * last error in *errp: it belongs to the thread, and Go's next call may come
 * from another. */
rd_kafka_topic_t *rkgo_topic_new(rd_kafka_t *rk, const char *name,
                                 rd_kafka_resp_err_t *errp);

typedef struct rkgo_produce_rec_s {
        uint64_t opaque;
        int64_t timestamp; /* ms; 0: now */
        int32_t topic;     /* index into rkts */
        int32_t partition;
        int32_t key_len; /* -1: null */
        int32_t val_len; /* -1: null */
        int32_t hdr_cnt;
        int32_t hdr_len; /* encoded bytes */
        int32_t err;     /* out */
        int32_t pad;
} rkgo_produce_rec_t;

/* Copies one message into librdkafka's queue. hdrs: hdr_cnt times int32 name
 * length, int32 value length (-1: null), name, value. Keeps no pointer. */
rd_kafka_resp_err_t rkgo_produce(rd_kafka_t *rk, rd_kafka_topic_t *rkt,
                                 int32_t partition, int msgflags,
                                 const char *val, size_t val_len,
                                 const char *key, size_t key_len,
                                 const char *hdrs, int32_t hdr_cnt,
                                 int64_t timestamp, uint64_t opaque);

/* Copies n messages; arena holds per message key, value, headers one after the
 * other. Sets each err. Stops before the first message that finds the queue
 * full; returns how many were looked at. Keeps no pointer. */
int rkgo_produce_batch(rd_kafka_t *rk, rd_kafka_topic_t **rkts,
                       rkgo_produce_rec_t *recs, int n, const char *arena);

/* ---- delivery reports ---- */

typedef struct rkgo_report_s {
        uint64_t opaque;
        int64_t offset;
        int64_t timestamp;
        int64_t latency_us;
        int32_t partition;
        int32_t err;
        int32_t status;
        int32_t leader_epoch;
        int32_t broker_id;
        int32_t key_len; /* -1: null or not asked for */
        int32_t val_len; /* -1: null or not asked for */
        int32_t hdr_cnt;
        int32_t hdr_len;
        int32_t tstype;
} rkgo_report_t;

#define RKGO_WANT_KEY 1
#define RKGO_WANT_VALUE 2
#define RKGO_WANT_HEADERS 4

/* A message taken off ev that did not fit is kept in *pending (owned by ev).
 * Fills up to max records and the arena; returns the number of records. When
 * it returns 0 with *pending set, *needp bytes of arena are needed. */
int rkgo_reports_next(rd_kafka_event_t *ev, const rd_kafka_message_t **pending,
                      int want, rkgo_report_t *recs, int max, char *arena,
                      size_t arena_size, size_t *needp);

/* ---- consume ---- */

typedef struct rkgo_rec_s {
        int64_t offset;
        int64_t timestamp;
        int32_t partition;
        int32_t err;
        int32_t leader_epoch;
        int32_t key_len; /* -1: null */
        int32_t val_len; /* -1: null */
        int32_t hdr_cnt;
        int32_t hdr_len;   /* encoded bytes */
        int32_t topic_len; /* -1: topic of the record before; else its name
                            * stands in the arena before the key */
        int32_t tstype;
        int32_t pad;
} rkgo_rec_t;

/* What rkgo_fetch_poll found out about a message: asking twice for the headers
 * of a message that has none parses it twice. */
typedef struct rkgo_fetched_s {
        rd_kafka_message_t *msg;  /* owned */
        rd_kafka_headers_t *hdrs; /* of msg; NULL: none */
        size_t hdr_len;           /* encoded bytes */
        int32_t hdr_cnt;
} rkgo_fetched_t;

typedef struct rkgo_fetch_s {
        rd_kafka_message_t **msgs; /* what librdkafka filled */
        rkgo_fetched_t *fetched;   /* the same, with their headers */
        int cap;
        int cnt;  /* messages held */
        int next; /* first not copied out yet */
        size_t bytes;
        int rebalances; /* in the stash after the call */
} rkgo_fetch_t;

/* The caller owns the result (rkgo_fetch_destroy). */
rkgo_fetch_t *rkgo_fetch_new(int cap);
/* Destroys the fetch and the messages it still holds. */
void rkgo_fetch_destroy(rkgo_fetch_t *f);
/* Takes up to max messages off q without waiting; the fetch owns them. Counts
 * as the application's poll. f->bytes is what rkgo_fetch_copy will need. */
int rkgo_fetch_poll(rkgo_fetch_t *f, rd_kafka_queue_t *q, int max,
                    rkgo_stash_t *st);
/* Copies the held messages out and destroys each; stops when the arena is full.
 * Returns the number copied. */
int rkgo_fetch_copy(rkgo_fetch_t *f, rkgo_rec_t *recs, char *arena,
                    size_t arena_size, size_t *usedp);

/* ---- errors ---- */

/* librdkafka keeps the text of an unknown code in a buffer of the thread, which
 * Go may leave between two calls: these copy it in the same call. */
void rkgo_err2str(rd_kafka_resp_err_t err, char *buf, size_t size);
void rkgo_err2name(rd_kafka_resp_err_t err, char *buf, size_t size);

/* ---- commit ---- */

/* rd_kafka_commit_queue with a number as opaque. offsets may be NULL: the
 * stored ones. */
rd_kafka_resp_err_t rkgo_commit(rd_kafka_t *rk,
                                const rd_kafka_topic_partition_list_t *offsets,
                                rd_kafka_queue_t *q, uint64_t opaque);

#endif
