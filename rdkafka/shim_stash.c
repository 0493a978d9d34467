#include "shim.h"

#include <stdio.h>
#include <sys/time.h>
#include <syslog.h>
#include <unistd.h>

/* Set while this thread creates a client: log lines that librdkafka writes
 * before there is an rd_kafka_t have no opaque to find the stash by. */
static __thread rkgo_stash_t *rkgo_creating;

rkgo_stash_t *rkgo_stash_new(int log_max) {
        rkgo_stash_t *st = calloc(1, sizeof(*st));
        pthread_mutex_init(&st->lock, NULL);
        st->wake_fd  = -1;
        st->reb_tail = &st->reb_head;
        st->log_tail = &st->log_head;
        st->log_max  = log_max;
        return st;
}

void rkgo_stash_destroy(rkgo_stash_t *st) {
        rd_kafka_resp_err_t err;
        rd_kafka_topic_partition_list_t *list;
        rkgo_log_t *line;

        while (rkgo_stash_pop_rebalance(st, &err, &list))
                rd_kafka_topic_partition_list_destroy(list);
        while ((line = rkgo_stash_pop_log(st, NULL)))
                free(line);
        pthread_mutex_destroy(&st->lock);
        free(st);
}

/* Stashes and returns: a yield in here would lose the next message (the batch
 * call drops the op it took after the callback). */
static void rkgo_rebalance_cb(rd_kafka_t *rk, rd_kafka_resp_err_t err,
                              rd_kafka_topic_partition_list_t *partitions,
                              void *opaque) {
        rkgo_stash_t *st    = opaque;
        rkgo_rebalance_t *r = calloc(1, sizeof(*r));
        (void)rk;

        r->err        = err;
        r->partitions = partitions
                            ? rd_kafka_topic_partition_list_copy(partitions)
                            : rd_kafka_topic_partition_list_new(0);

        pthread_mutex_lock(&st->lock);
        *st->reb_tail = r;
        st->reb_tail  = &r->next;
        st->reb_cnt++;
        pthread_mutex_unlock(&st->lock);
}

static int64_t rkgo_now_us(void) {
        struct timeval tv;

        gettimeofday(&tv, NULL);
        return (int64_t)tv.tv_sec * 1000000 + tv.tv_usec;
}

/* first may be NULL. */
static void rkgo_stash_set_note(rkgo_stash_t *st, rkgo_note_t *note,
                                const char *first, const char *second) {
        pthread_mutex_lock(&st->lock);
        note->ts_us = rkgo_now_us();
        snprintf(note->text, sizeof(note->text), "%s%s%s", first ? first : "",
                 first ? "\n" : "", second);
        pthread_mutex_unlock(&st->lock);
}

void rkgo_stash_get_note(rkgo_stash_t *st, const rkgo_note_t *note,
                         rkgo_note_t *out) {
        pthread_mutex_lock(&st->lock);
        *out = *note;
        pthread_mutex_unlock(&st->lock);
}

/* OpenSSL's number for what is wrong with a certificate, in its own words.
 * Its function for that is not linked where librdkafka is a shared library. */
static const char *rkgo_cert_error(int x509_error) {
        switch (x509_error) {
        case 9:
                return "certificate is not yet valid";
        case 10:
                return "certificate has expired";
        case 18:
                return "self-signed certificate";
        case 19:
                return "self-signed certificate in certificate chain";
        case 20:
                return "unable to get local issuer certificate";
        case 21:
                return "unable to verify the first certificate";
        case 23:
                return "certificate revoked";
        case 26:
                return "unsuitable certificate purpose";
        case 62:
                return "hostname mismatch";
        case 64:
                return "IP address mismatch";
        default:
                return NULL;
        }
}

/* Judges as OpenSSL does, and notes why. */
static int rkgo_cert_cb(rd_kafka_t *rk, const char *broker_name,
                        int32_t broker_id, int *x509_error, int depth,
                        const char *buf, size_t size, char *errstr,
                        size_t errstr_size, void *opaque) {
        rkgo_stash_t *st = opaque;
        const char *text = rkgo_cert_error(*x509_error);
        (void)rk;
        (void)broker_id;
        (void)depth;
        (void)buf;
        (void)size;

        if (*x509_error == 0)
                return 1;
        if (text)
                snprintf(errstr, errstr_size, "%s", text);
        else
                snprintf(errstr, errstr_size, "X509 error %d", *x509_error);
        rkgo_stash_set_note(st, &st->cert, broker_name, errstr);
        return 0;
}

/* librdkafka writes a line for each certificate that rkgo_cert_cb refuses, up
 * to 20 a second; the line of the failed connection, which follows, it writes
 * once in 30 seconds. */
static int rkgo_cert_line_due(rkgo_stash_t *st) {
        int64_t now = rkgo_now_us();
        int due;

        pthread_mutex_lock(&st->lock);
        due = !st->cert_line_us || now - st->cert_line_us >= 30 * 1000000;
        if (due)
                st->cert_line_us = now;
        pthread_mutex_unlock(&st->lock);
        return due;
}

void rkgo_conf_note_certs(rd_kafka_conf_t *conf) {
        /* A librdkafka without TLS refuses. */
        (void)rd_kafka_conf_set_ssl_cert_verify_cb(conf, rkgo_cert_cb);
}

static void rkgo_log_cb(const rd_kafka_t *rk, int level, const char *fac,
                        const char *buf) {
        rkgo_stash_t *st = rk ? rd_kafka_opaque(rk) : rkgo_creating;
        size_t fac_len   = strlen(fac);
        size_t msg_len   = strlen(buf);
        rkgo_log_t *line, *old = NULL;

        if (st && level <= LOG_INFO && !strcmp(fac, "FAIL"))
                rkgo_stash_set_note(st, &st->fail, NULL, buf);
        if (st && !strcmp(fac, "SSLCERTVRFY") && !rkgo_cert_line_due(st))
                return;
        if (!st || !st->want_logs) {
                rd_kafka_log_print(rk, level, fac, buf);
                return;
        }

        line          = malloc(sizeof(*line) + fac_len + msg_len);
        line->next    = NULL;
        line->ts_us   = rkgo_now_us();
        line->level   = level;
        line->fac_len = fac_len;
        line->msg_len = msg_len;
        memcpy(line->text, fac, fac_len);
        memcpy(line->text + fac_len, buf, msg_len);

        pthread_mutex_lock(&st->lock);
        if (st->log_cnt == st->log_max) {
                old          = st->log_head;
                st->log_head = old->next;
                if (!st->log_head)
                        st->log_tail = &st->log_head;
                st->log_cnt--;
                st->log_dropped++;
        }
        *st->log_tail = line;
        st->log_tail  = &line->next;
        st->log_cnt++;
        if (st->wake_fd != -1 && st->log_cnt == 1) {
                uint64_t one = 1;
                ssize_t r    = write(st->wake_fd, &one, sizeof(one));
                (void)r; /* full: the reader is awake already */
        }
        pthread_mutex_unlock(&st->lock);
        free(old);
}

void rkgo_conf_set_stash(rd_kafka_conf_t *conf, rkgo_stash_t *st, int logs,
                         int rebalances) {
        rd_kafka_conf_set_opaque(conf, st);
        st->want_logs = logs;
        rd_kafka_conf_set_log_cb(conf, rkgo_log_cb);
        if (rebalances)
                rd_kafka_conf_set_rebalance_cb(conf, rkgo_rebalance_cb);
}

void rkgo_stash_set_wake(rkgo_stash_t *st, int fd) {
        pthread_mutex_lock(&st->lock);
        st->wake_fd = fd;
        pthread_mutex_unlock(&st->lock);
}

int rkgo_stash_pop_rebalance(rkgo_stash_t *st, rd_kafka_resp_err_t *errp,
                             rd_kafka_topic_partition_list_t **partitionsp) {
        rkgo_rebalance_t *r;

        pthread_mutex_lock(&st->lock);
        if ((r = st->reb_head)) {
                st->reb_head = r->next;
                if (!st->reb_head)
                        st->reb_tail = &st->reb_head;
                st->reb_cnt--;
        }
        pthread_mutex_unlock(&st->lock);
        if (!r)
                return 0;
        *errp        = r->err;
        *partitionsp = r->partitions;
        free(r);
        return 1;
}

rkgo_log_t *rkgo_stash_pop_log(rkgo_stash_t *st, int64_t *droppedp) {
        rkgo_log_t *line;

        pthread_mutex_lock(&st->lock);
        if ((line = st->log_head)) {
                st->log_head = line->next;
                if (!st->log_head)
                        st->log_tail = &st->log_head;
                st->log_cnt--;
        }
        if (droppedp)
                *droppedp = st->log_dropped;
        pthread_mutex_unlock(&st->lock);
        return line;
}

rd_kafka_t *rkgo_new(rd_kafka_type_t type, rd_kafka_conf_t *conf,
                     rkgo_stash_t *st, char *errstr, size_t errstr_size,
                     rd_kafka_resp_err_t *errp) {
        rd_kafka_t *rk;

        if (st->want_logs)
                rkgo_creating = st;
        rk            = rd_kafka_new(type, conf, errstr, errstr_size);
        *errp         = rk ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error();
        rkgo_creating = NULL;
        return rk;
}
