#include "shim.h"

#define RKGO_PART_FIXED (4 + 8 + 4 + 4 + 4 + 4)

static char *put32(char *p, int32_t v) {
        memcpy(p, &v, 4);
        return p + 4;
}

static char *put64(char *p, int64_t v) {
        memcpy(p, &v, 8);
        return p + 8;
}

static const char *get32(const char *p, int32_t *v) {
        memcpy(v, p, 4);
        return p + 4;
}

static const char *get64(const char *p, int64_t *v) {
        memcpy(v, p, 8);
        return p + 8;
}

char *rkgo_list_encode(const rd_kafka_topic_partition_list_t *list,
                       size_t *lenp) {
        size_t len = 0;
        char *buf, *p;
        int i;

        for (i = 0; i < list->cnt; i++) {
                const rd_kafka_topic_partition_t *e = &list->elems[i];
                len += RKGO_PART_FIXED + strlen(e->topic) +
                       (e->metadata ? e->metadata_size : 0);
        }
        p = buf = malloc(len ? len : 1);
        for (i = 0; i < list->cnt; i++) {
                const rd_kafka_topic_partition_t *e = &list->elems[i];
                size_t tlen                         = strlen(e->topic);

                p = put32(p, e->partition);
                p = put64(p, e->offset);
                p = put32(p, rd_kafka_topic_partition_get_leader_epoch(e));
                p = put32(p, e->err);
                p = put32(p, (int32_t)tlen);
                p = put32(p, e->metadata ? (int32_t)e->metadata_size : -1);
                memcpy(p, e->topic, tlen);
                p += tlen;
                if (e->metadata) {
                        memcpy(p, e->metadata, e->metadata_size);
                        p += e->metadata_size;
                }
        }
        *lenp = len;
        return buf;
}

rd_kafka_topic_partition_list_t *rkgo_list_decode(const char *p, int cnt) {
        rd_kafka_topic_partition_list_t *list =
            rd_kafka_topic_partition_list_new(cnt);
        int i;

        for (i = 0; i < cnt; i++) {
                int32_t partition, epoch, err, tlen, mlen;
                int64_t offset;
                char *topic;
                rd_kafka_topic_partition_t *e;

                p     = get32(p, &partition);
                p     = get64(p, &offset);
                p     = get32(p, &epoch);
                p     = get32(p, &err);
                p     = get32(p, &tlen);
                p     = get32(p, &mlen);
                topic = malloc((size_t)tlen + 1);
                memcpy(topic, p, (size_t)tlen);
                topic[tlen] = '\0';
                p += tlen;
                e = rd_kafka_topic_partition_list_add(list, topic, partition);
                e->offset = offset;
                e->err    = err;
                rd_kafka_topic_partition_set_leader_epoch(e, epoch);
                free(topic);
                if (mlen >= 0) {
                        /* librdkafka frees the metadata with the list */
                        e->metadata =
                            rd_kafka_mem_calloc(NULL, 1, (size_t)mlen + 1);
                        memcpy(e->metadata, p, (size_t)mlen);
                        e->metadata_size = (size_t)mlen;
                        p += mlen;
                }
        }
        return list;
}

static void copy_text(const char *text, char *buf, size_t size) {
        size_t len = strlen(text);

        if (len >= size)
                len = size - 1;
        memcpy(buf, text, len);
        buf[len] = '\0';
}

void rkgo_err2str(rd_kafka_resp_err_t err, char *buf, size_t size) {
        copy_text(rd_kafka_err2str(err), buf, size);
}

void rkgo_err2name(rd_kafka_resp_err_t err, char *buf, size_t size) {
        copy_text(rd_kafka_err2name(err), buf, size);
}
