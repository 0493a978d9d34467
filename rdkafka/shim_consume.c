#include "shim.h"

/* m's headers, or NULL, with their number and bytes in the encoded form of
 * shim.h. */
static rd_kafka_headers_t *rkgo_headers_get(const rd_kafka_message_t *m,
                                            int32_t *cntp, size_t *lenp) {
        rd_kafka_headers_t *hdrs;
        const char *name;
        const void *val;
        size_t size, i;

        *cntp = 0;
        *lenp = 0;
        if (rd_kafka_message_headers(m, &hdrs) != RD_KAFKA_RESP_ERR_NO_ERROR)
                return NULL;
        for (i = 0; !rd_kafka_header_get_all(hdrs, i, &name, &val, &size); i++)
                *lenp += 8 + strlen(name) + (val ? size : 0);
        *cntp = (int32_t)i;
        return hdrs;
}

static char *rkgo_headers_put(const rd_kafka_headers_t *hdrs, char *p) {
        const char *name;
        const void *val;
        size_t size, i;

        for (i = 0; !rd_kafka_header_get_all(hdrs, i, &name, &val, &size);
             i++) {
                int32_t nlen = (int32_t)strlen(name);
                int32_t vlen = val ? (int32_t)size : -1;

                memcpy(p, &nlen, 4);
                memcpy(p + 4, &vlen, 4);
                memcpy(p + 8, name, (size_t)nlen);
                p += 8 + nlen;
                if (vlen > 0) {
                        memcpy(p, val, size);
                        p += size;
                }
        }
        return p;
}

static char *put(char *p, const void *src, size_t len) {
        if (len)
                memcpy(p, src, len);
        return p + len;
}

int rkgo_reports_next(rd_kafka_event_t *ev, const rd_kafka_message_t **pending,
                      int want, rkgo_report_t *recs, int max, char *arena,
                      size_t arena_size, size_t *needp) {
        char *p = arena, *end = arena + arena_size;
        int n = 0;

        while (n < max) {
                const rd_kafka_message_t *m =
                    *pending ? *pending : rd_kafka_event_message_next(ev);
                rkgo_report_t *r         = &recs[n];
                rd_kafka_headers_t *hdrs = NULL;
                size_t hlen              = 0;
                size_t need;

                if (!m)
                        break;
                r->key_len =
                    (want & RKGO_WANT_KEY) && m->key ? (int32_t)m->key_len : -1;
                r->val_len = (want & RKGO_WANT_VALUE) && m->payload
                                 ? (int32_t)m->len
                                 : -1;
                r->hdr_cnt = 0;
                if (want & RKGO_WANT_HEADERS)
                        hdrs = rkgo_headers_get(m, &r->hdr_cnt, &hlen);
                r->hdr_len = (int32_t)hlen;
                need       = hlen + (r->key_len > 0 ? (size_t)r->key_len : 0) +
                       (r->val_len > 0 ? (size_t)r->val_len : 0);
                if (need > (size_t)(end - p)) {
                        *pending = m;
                        *needp   = need;
                        return n;
                }
                *pending        = NULL;
                r->opaque       = (uint64_t)(uintptr_t)m->_private;
                r->offset       = m->offset;
                r->partition    = m->partition;
                r->err          = m->err;
                r->status       = rd_kafka_message_status(m);
                r->leader_epoch = rd_kafka_message_leader_epoch(m);
                r->broker_id    = rd_kafka_message_broker_id(m);
                r->latency_us   = rd_kafka_message_latency(m);
                r->timestamp    = rd_kafka_message_timestamp(
                       m, (rd_kafka_timestamp_type_t *)&r->tstype);
                if (r->key_len > 0)
                        p = put(p, m->key, (size_t)r->key_len);
                if (r->val_len > 0)
                        p = put(p, m->payload, (size_t)r->val_len);
                if (hdrs)
                        p = rkgo_headers_put(hdrs, p);
                n++;
        }
        return n;
}

rkgo_fetch_t *rkgo_fetch_new(int cap) {
        rkgo_fetch_t *f = calloc(1, sizeof(*f));
        f->cap          = cap;
        f->msgs         = calloc((size_t)cap, sizeof(*f->msgs));
        f->fetched      = calloc((size_t)cap, sizeof(*f->fetched));
        return f;
}

void rkgo_fetch_destroy(rkgo_fetch_t *f) {
        for (; f->next < f->cnt; f->next++)
                rd_kafka_message_destroy(f->fetched[f->next].msg);
        free(f->msgs);
        free(f->fetched);
        free(f);
}

/* What rkgo_fetch_copy writes for a message (the topic's name included). */
static size_t rkgo_fetched_size(const rkgo_fetched_t *e, int new_topic) {
        const rd_kafka_message_t *m = e->msg;

        return (m->err || !m->key ? 0 : m->key_len) +
               (m->payload ? m->len : 0) + e->hdr_len +
               (new_topic && m->rkt ? strlen(rd_kafka_topic_name(m->rkt)) : 0);
}

int rkgo_fetch_poll(rkgo_fetch_t *f, rd_kafka_queue_t *q, int max,
                    rkgo_stash_t *st) {
        ssize_t cnt;
        int i;

        if (max > f->cap)
                max = f->cap;
        cnt      = rd_kafka_consume_batch_queue(q, 0, f->msgs, (size_t)max);
        f->cnt   = cnt > 0 ? (int)cnt : 0;
        f->next  = 0;
        f->bytes = 0;
        for (i = 0; i < f->cnt; i++) {
                rkgo_fetched_t *e = &f->fetched[i];

                e->msg     = f->msgs[i];
                e->hdrs    = NULL;
                e->hdr_len = 0;
                e->hdr_cnt = 0;
                if (!e->msg->err)
                        e->hdrs =
                            rkgo_headers_get(e->msg, &e->hdr_cnt, &e->hdr_len);
                f->bytes += rkgo_fetched_size(
                    e, i == 0 || e->msg->rkt != f->msgs[i - 1]->rkt);
        }
        pthread_mutex_lock(&st->lock);
        f->rebalances = st->reb_cnt;
        pthread_mutex_unlock(&st->lock);
        return f->cnt;
}

int rkgo_fetch_copy(rkgo_fetch_t *f, rkgo_rec_t *recs, char *arena,
                    size_t arena_size, size_t *usedp) {
        char *p = arena, *end = arena + arena_size;
        const rd_kafka_topic_t *topic = NULL;
        int n                         = 0;

        for (; f->next < f->cnt; f->next++, n++) {
                const rkgo_fetched_t *e     = &f->fetched[f->next];
                const rd_kafka_message_t *m = e->msg;
                rkgo_rec_t *r               = &recs[n];
                int new_topic               = n == 0 || m->rkt != topic;

                if (rkgo_fetched_size(e, new_topic) > (size_t)(end - p))
                        break;
                r->offset       = m->offset;
                r->partition    = m->partition;
                r->err          = m->err;
                r->leader_epoch = rd_kafka_message_leader_epoch(m);
                r->topic_len    = -1;
                if (new_topic) {
                        const char *name =
                            m->rkt ? rd_kafka_topic_name(m->rkt) : "";
                        r->topic_len = (int32_t)strlen(name);
                        p            = put(p, name, (size_t)r->topic_len);
                        topic        = m->rkt;
                }
                r->key_len = m->key && !m->err ? (int32_t)m->key_len : -1;
                r->val_len = m->payload ? (int32_t)m->len : -1;
                r->hdr_cnt = e->hdr_cnt;
                r->hdr_len = (int32_t)e->hdr_len;
                if (r->key_len > 0)
                        p = put(p, m->key, (size_t)r->key_len);
                if (r->val_len > 0)
                        p = put(p, m->payload, (size_t)r->val_len);
                if (e->hdrs)
                        p = rkgo_headers_put(e->hdrs, p);
                r->timestamp = -1;
                r->tstype    = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
                if (!m->err)
                        r->timestamp = rd_kafka_message_timestamp(
                            m, (rd_kafka_timestamp_type_t *)&r->tstype);
        }
        /* Destroy after the loop: comparing the topics above must not meet a
         * freed one whose address was given out again. */
        for (int i = f->next - n; i < f->next; i++)
                rd_kafka_message_destroy(f->fetched[i].msg);
        *usedp = (size_t)(p - arena);
        return n;
}

rd_kafka_resp_err_t rkgo_commit(rd_kafka_t *rk,
                                const rd_kafka_topic_partition_list_t *offsets,
                                rd_kafka_queue_t *q, uint64_t opaque) {
        return rd_kafka_commit_queue(rk, offsets, q, NULL,
                                     (void *)(uintptr_t)opaque);
}
