#include "shim.h"

/* Messages of one produce_batch call: enough to spread the cost of its clock
 * reads and topic lock, few enough for the stack. */
#define RKGO_RUN_MAX 128

rd_kafka_topic_t *rkgo_topic_new(rd_kafka_t *rk, const char *name,
                                 rd_kafka_resp_err_t *errp) {
        rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, name, NULL);

        *errp = rkt ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error();
        return rkt;
}

static rd_kafka_headers_t *rkgo_headers(const char *p, int32_t cnt) {
        rd_kafka_headers_t *hdrs = rd_kafka_headers_new((size_t)cnt);
        int32_t i, nlen, vlen;

        for (i = 0; i < cnt; i++) {
                const char *name;

                memcpy(&nlen, p, 4);
                memcpy(&vlen, p + 4, 4);
                name = p + 8;
                p    = name + nlen;
                rd_kafka_header_add(hdrs, name, nlen, vlen < 0 ? NULL : p,
                                    vlen < 0 ? 0 : vlen);
                if (vlen > 0)
                        p += vlen;
        }
        return hdrs;
}

rd_kafka_resp_err_t rkgo_produce(rd_kafka_t *rk, rd_kafka_topic_t *rkt,
                                 int32_t partition, int msgflags,
                                 const char *val, size_t val_len,
                                 const char *key, size_t key_len,
                                 const char *hdrs, int32_t hdr_cnt,
                                 int64_t timestamp, uint64_t opaque) {
        void *op = (void *)(uintptr_t)opaque;
        rd_kafka_headers_t *h;
        rd_kafka_vu_t vus[8];
        rd_kafka_error_t *error;
        rd_kafka_resp_err_t err;
        size_t n = 0;

        msgflags |= RD_KAFKA_MSG_F_COPY;
        if (!hdr_cnt && !timestamp) {
                if (rd_kafka_produce(rkt, partition, msgflags, (void *)val,
                                     val_len, key, key_len, op) == -1)
                        return rd_kafka_last_error();
                return RD_KAFKA_RESP_ERR_NO_ERROR;
        }

        vus[n].vtype        = RD_KAFKA_VTYPE_RKT;
        vus[n++].u.rkt      = rkt;
        vus[n].vtype        = RD_KAFKA_VTYPE_PARTITION;
        vus[n++].u.i32      = partition;
        vus[n].vtype        = RD_KAFKA_VTYPE_MSGFLAGS;
        vus[n++].u.i        = msgflags;
        vus[n].vtype        = RD_KAFKA_VTYPE_VALUE;
        vus[n].u.mem.ptr    = (void *)val;
        vus[n++].u.mem.size = val_len;
        vus[n].vtype        = RD_KAFKA_VTYPE_KEY;
        vus[n].u.mem.ptr    = (void *)key;
        vus[n++].u.mem.size = key_len;
        vus[n].vtype        = RD_KAFKA_VTYPE_TIMESTAMP;
        vus[n++].u.i64      = timestamp;
        vus[n].vtype        = RD_KAFKA_VTYPE_OPAQUE;
        vus[n++].u.ptr      = op;
        h                   = NULL;
        if (hdr_cnt) {
                h                  = rkgo_headers(hdrs, hdr_cnt);
                vus[n].vtype       = RD_KAFKA_VTYPE_HEADERS;
                vus[n++].u.headers = h;
        }
        error = rd_kafka_produceva(rk, vus, n);
        if (!error)
                return RD_KAFKA_RESP_ERR_NO_ERROR;
        err = rd_kafka_error_code(error);
        rd_kafka_error_destroy(error);
        if (h) /* produceva takes the headers on success only */
                rd_kafka_headers_destroy(h);
        return err;
}

/* Sends recs[0..n), all of one topic and partition and without headers and
 * timestamps, in one call. Returns the index of the first message that found
 * the queue full, or n. */
static int rkgo_produce_run(rd_kafka_topic_t *rkt, rkgo_produce_rec_t *recs,
                            int n, const char *arena) {
        rd_kafka_message_t msgs[RKGO_RUN_MAX];
        int i;

        memset(msgs, 0, sizeof(*msgs) * (size_t)n);
        for (i = 0; i < n; i++) {
                rkgo_produce_rec_t *r = &recs[i];

                msgs[i].partition = r->partition;
                msgs[i]._private  = (void *)(uintptr_t)r->opaque;
                if (r->key_len >= 0) {
                        msgs[i].key     = (void *)arena;
                        msgs[i].key_len = (size_t)r->key_len;
                        arena += r->key_len;
                }
                if (r->val_len >= 0) {
                        msgs[i].payload = (void *)arena;
                        msgs[i].len     = (size_t)r->val_len;
                        arena += r->val_len;
                }
        }
        rd_kafka_produce_batch(rkt, recs[0].partition, RD_KAFKA_MSG_F_COPY,
                               msgs, n);
        for (i = 0; i < n; i++) {
                recs[i].err = msgs[i].err;
                if (msgs[i].err == RD_KAFKA_RESP_ERR__QUEUE_FULL)
                        return i;
        }
        return n;
}

static size_t rkgo_produce_rec_size(const rkgo_produce_rec_t *r) {
        return (size_t)(r->key_len > 0 ? r->key_len : 0) +
               (size_t)(r->val_len > 0 ? r->val_len : 0) + (size_t)r->hdr_len;
}

int rkgo_produce_batch(rd_kafka_t *rk, rd_kafka_topic_t **rkts,
                       rkgo_produce_rec_t *recs, int n, const char *arena) {
        int i = 0;

        while (i < n) {
                rkgo_produce_rec_t *r = &recs[i];
                const char *start     = arena;
                int run               = 0;
                const char *key, *val;

                while (i + run < n && run < RKGO_RUN_MAX &&
                       recs[i + run].topic == r->topic &&
                       recs[i + run].partition == r->partition &&
                       !recs[i + run].hdr_cnt && !recs[i + run].timestamp) {
                        arena += rkgo_produce_rec_size(&recs[i + run]);
                        run++;
                }
                if (run > 0) {
                        int done =
                            rkgo_produce_run(rkts[r->topic], r, run, start);
                        i += done;
                        if (done < run)
                                return i;
                        continue;
                }

                key = r->key_len >= 0 ? arena : NULL;
                val = r->val_len >= 0 ? arena + (key ? r->key_len : 0) : NULL;
                r->err = rkgo_produce(rk, rkts[r->topic], r->partition, 0, val,
                                      val ? (size_t)r->val_len : 0, key,
                                      key ? (size_t)r->key_len : 0,
                                      arena + (key ? r->key_len : 0) +
                                          (val ? r->val_len : 0),
                                      r->hdr_cnt, r->timestamp, r->opaque);
                if (r->err == RD_KAFKA_RESP_ERR__QUEUE_FULL)
                        return i;
                arena += rkgo_produce_rec_size(r);
                i++;
        }
        return n;
}

void rkgo_queue_poll(rd_kafka_queue_t *q, int timeout_ms, rkgo_event_t *out) {
        out->ev    = rd_kafka_queue_poll(q, timeout_ms);
        out->type  = rd_kafka_event_type(out->ev);
        out->count = out->type == RD_KAFKA_EVENT_DR
                         ? (int32_t)rd_kafka_event_message_count(out->ev)
                         : 0;
}
