/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The FTP exporter: documents in a folder of its own, from where they go to the server.
 *
 * A batch of readouts is in the folder, safe from a crash, before the exporter's position moves; that much is
 * the CSV exporter's doing too (plugins/documents). What has become complete is sent behind the commit. When
 * that fails the worker pauses and starts this exporter again, which finds the documents where they wait. */
#include "ftp-exporter.h"

#include <string.h>

#include "document-writer.h"
#include "ftp-outbox.h"

#define DEFAULT_CONNECT_TIMEOUT_US (30 * G_TIME_SPAN_SECOND)
#define DEFAULT_TIMEOUT_US         (60 * G_TIME_SPAN_SECOND)

typedef enum
{
  PROP_URL = CSV_SETTINGS_LAST + 1,
  PROP_USER,
  PROP_PASSWORD,
  PROP_EXPLICIT_TLS,
  PROP_VERIFY,
  PROP_CA_FILE,
  PROP_KNOWN_HOSTS,
  PROP_KEY_FILE,
  PROP_CONNECT_TIMEOUT,
  PROP_TIMEOUT,
} FtpExporterProperty;

struct _FtpExporter
{
  AmselExporter parent_instance;

  CsvSettings documents;
  FtpSettings server;

  /* while started; only used by the exporter's thread */
  DocumentWriter *writer;    /* (owned) (nullable) */
  gchar *folder;             /* (owned) (nullable): of the documents */
  gchar *log_folder;         /* (owned) (nullable): of logs, which are sent whole whenever they have grown */
  GHashTable *sent_logs;     /* (owned) (nullable): name to length */
  GCancellable *cancellable; /* (owned) (nullable): of the delivery at hand */
  gboolean waiting;          /* there is something to send */
};

G_DEFINE_FINAL_TYPE (FtpExporter, ftp_exporter, AMSEL_TYPE_EXPORTER)

static gboolean
invalid (GError **error, const gchar *sentence)
{
  g_set_error_literal (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID, sentence);
  return FALSE;
}

static gboolean
ftp_exporter_check (AmselExporter *exporter, GError **error)
{
  FtpExporter *self = FTP_EXPORTER (exporter);
  g_autoptr (FtpUrl) url = ftp_url_new (self->server.url, error);
  const gchar *file;

  if (url == NULL)
    return FALSE;
  if (self->server.explicit_tls && url->scheme != FTP_SCHEME_FTP)
    return invalid (error, "explicit-tls: is for ftp:// alone; the others are encrypted anyway");
  if (url->scheme == FTP_SCHEME_SFTP && self->server.verify && self->server.known_hosts == NULL)
    return invalid (error,
                    "known-hosts: is needed with sftp://, so that the server is known; or set verify to "
                    "no, and send to whoever answers");
  if (*self->documents.suffix == '\0' || g_str_equal (self->documents.suffix, ".sent"))
    return invalid (error, "unfinished-suffix: is needed here, such as .part, and must not be .sent");
  file = csv_settings_get_file (&self->documents);
  if (file[0] == '.' || strstr (file, "/.") != NULL)
    return invalid (error, "file: must not begin with a dot here; such files are not looked at");
  if (g_str_has_suffix (file, ".sent") || g_str_has_suffix (file, ".new")
      || g_str_has_suffix (file, self->documents.suffix))
    return invalid (error, "file: must end neither in .sent nor .new nor as unfinished files do");
  if (!document_writer_ends (&self->documents))
    return invalid (error, "file: such a file never ends, so it would never be sent; put a time such as "
                           "{date} into its name, or set rotate or rotate-size");
  return document_writer_check (exporter, &self->documents, error);
}

static void
ftp_exporter_stop (AmselExporter *exporter)
{
  FtpExporter *self = FTP_EXPORTER (exporter);

  g_clear_pointer (&self->writer, document_writer_free);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->log_folder, g_free);
  g_clear_pointer (&self->sent_logs, g_hash_table_unref);
  g_clear_object (&self->cancellable);
}

static gboolean
is_waiting (FtpExporter *self)
{
  return ftp_outbox_has_any (self->folder, self->documents.suffix)
         || ftp_outbox_has_log (self->log_folder, self->documents.suffix, self->sent_logs);
}

static gboolean
ftp_exporter_start (AmselExporter *exporter, const gchar *state, GError **error)
{
  FtpExporter *self = FTP_EXPORTER (exporter);

  ftp_exporter_stop (exporter);
  if (!ftp_exporter_check (exporter, error))
    return FALSE;
  self->folder = g_canonicalize_filename (self->documents.folder, NULL);
  self->sent_logs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->log_folder = g_build_filename (self->folder, ".logs", NULL);
  self->writer = document_writer_new (exporter, &self->documents, self->folder, self->log_folder, error);
  if (self->writer == NULL || !document_writer_start (self->writer, state, error))
    return FALSE;
  self->waiting = is_waiting (self);
  return TRUE;
}

static gboolean
ftp_exporter_export (AmselExporter *exporter, GPtrArray *readouts, gchar **out_state,
                     GCancellable *cancellable, GError **error)
{
  FtpExporter *self = FTP_EXPORTER (exporter);

  g_set_object (&self->cancellable, cancellable);
  return document_writer_export (self->writer, readouts, out_state, cancellable, error);
}

static gboolean
ftp_exporter_committed (AmselExporter *exporter, GError **error)
{
  FtpExporter *self = FTP_EXPORTER (exporter);
  g_autoptr (FtpSession) session = NULL;

  if (!document_writer_committed (self->writer, error))
    return FALSE;
  self->waiting = is_waiting (self);
  if (!self->waiting)
    return TRUE;
  session = ftp_session_new (&self->server, self->cancellable, error);
  if (session == NULL || !ftp_outbox_send (self->folder, self->documents.suffix, session, error)
      || !ftp_outbox_send_logs (self->log_folder, self->documents.suffix, self->sent_logs, session, error))
    return FALSE;
  self->waiting = FALSE;
  return TRUE;
}

/* What waits is to be sent now. */
static gint64
ftp_exporter_get_deadline_us (AmselExporter *exporter)
{
  FtpExporter *self = FTP_EXPORTER (exporter);

  if (self->waiting)
    return amsel_clock_get_real_us (amsel_exporter_get_clock (exporter));
  return document_writer_get_deadline_us (self->writer);
}

static void
ftp_exporter_finish (AmselExporter *exporter)
{
  document_writer_finish (FTP_EXPORTER (exporter)->writer);
}

static void
ftp_exporter_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FtpExporter *self = FTP_EXPORTER (object);

  switch ((FtpExporterProperty) id)
    {
    case PROP_URL:
      g_value_set_string (value, self->server.url);
      break;
    case PROP_USER:
      g_value_set_string (value, self->server.user);
      break;
    case PROP_PASSWORD:
      g_value_set_string (value, self->server.password);
      break;
    case PROP_EXPLICIT_TLS:
      g_value_set_boolean (value, self->server.explicit_tls);
      break;
    case PROP_VERIFY:
      g_value_set_boolean (value, self->server.verify);
      break;
    case PROP_CA_FILE:
      g_value_set_string (value, self->server.ca_file);
      break;
    case PROP_KNOWN_HOSTS:
      g_value_set_string (value, self->server.known_hosts);
      break;
    case PROP_KEY_FILE:
      g_value_set_string (value, self->server.key_file);
      break;
    case PROP_CONNECT_TIMEOUT:
      g_value_set_int64 (value, self->server.connect_timeout_us);
      break;
    case PROP_TIMEOUT:
      g_value_set_int64 (value, self->server.timeout_us);
      break;
    default:
      if (!csv_settings_get (&self->documents, id, value))
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ftp_exporter_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  FtpExporter *self = FTP_EXPORTER (object);

  switch ((FtpExporterProperty) id)
    {
    case PROP_URL:
      amsel_param_set_string (&self->server.url, value);
      break;
    case PROP_USER:
      amsel_param_set_string (&self->server.user, value);
      break;
    case PROP_PASSWORD:
      amsel_param_set_string (&self->server.password, value);
      break;
    case PROP_EXPLICIT_TLS:
      self->server.explicit_tls = g_value_get_boolean (value);
      break;
    case PROP_VERIFY:
      self->server.verify = g_value_get_boolean (value);
      break;
    case PROP_CA_FILE:
      amsel_param_set_string (&self->server.ca_file, value);
      break;
    case PROP_KNOWN_HOSTS:
      amsel_param_set_string (&self->server.known_hosts, value);
      break;
    case PROP_KEY_FILE:
      amsel_param_set_string (&self->server.key_file, value);
      break;
    case PROP_CONNECT_TIMEOUT:
      self->server.connect_timeout_us = g_value_get_int64 (value);
      break;
    case PROP_TIMEOUT:
      self->server.timeout_us = g_value_get_int64 (value);
      break;
    default:
      if (!csv_settings_set (&self->documents, id, value, pspec))
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ftp_exporter_finalize (GObject *object)
{
  FtpExporter *self = FTP_EXPORTER (object);

  ftp_exporter_stop (AMSEL_EXPORTER (object));
  csv_settings_clear (&self->documents);
  g_free (self->server.url);
  g_free (self->server.user);
  g_free (self->server.password);
  g_free (self->server.ca_file);
  g_free (self->server.known_hosts);
  g_free (self->server.key_file);
  G_OBJECT_CLASS (ftp_exporter_parent_class)->finalize (object);
}

static void
install_access (GObjectClass *klass)
{
  g_object_class_install_property (
      klass, PROP_URL,
      g_param_spec_string ("url", "url",
                           "Where the documents go: ftp://server/folder, ftps://server (implicit TLS) or "
                           "sftp://server/folder, with a port where it is another one. User and password may "
                           "stand in it where it comes from the environment; it is never shown with them.",
                           NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_REQUIRED));
  g_object_class_install_property (klass, PROP_USER,
                                   g_param_spec_string ("user", "user",
                                                        "Name to log in with; instead of one in the address.",
                                                        NULL, AMSEL_PARAM_SETTING));
  g_object_class_install_property (
      klass, PROP_PASSWORD,
      g_param_spec_string ("password", "password",
                           "Password to log in with, or of the key file; instead of one in the address.",
                           NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_SECRET));
}

static void
install_security (GObjectClass *klass)
{
  g_object_class_install_property (
      klass, PROP_EXPLICIT_TLS,
      g_param_spec_boolean (
          "explicit-tls", "explicit-tls",
          "With ftp://: whether login and documents are encrypted (explicit FTPS). A server "
          "that cannot do it gets nothing.",
          FALSE, AMSEL_PARAM_SETTING));
  g_object_class_install_property (
      klass, PROP_VERIFY,
      g_param_spec_boolean ("verify", "verify",
                            "Whether an encrypted server must prove who it is, by its certificate or its "
                            "host key.",
                            TRUE, AMSEL_PARAM_SETTING));
  g_object_class_install_property (
      klass, PROP_CA_FILE,
      g_param_spec_string ("ca-file", "ca-file",
                           "Certificates (PEM) that are trusted, instead of the system's; a server's own "
                           "certificate may be among them.",
                           NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_PATH));
  g_object_class_install_property (
      klass, PROP_KNOWN_HOSTS,
      g_param_spec_string ("known-hosts", "known-hosts",
                           "SFTP: file with the host keys of known servers, as OpenSSH writes it.", NULL,
                           AMSEL_PARAM_SETTING | AMSEL_PARAM_PATH));
  g_object_class_install_property (
      klass, PROP_KEY_FILE,
      g_param_spec_string ("key-file", "key-file", "SFTP: private key to log in with, instead of a password.",
                           NULL, AMSEL_PARAM_SETTING | AMSEL_PARAM_PATH));
}

static void
ftp_exporter_class_init (FtpExporterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  AmselExporterClass *exporter_class = AMSEL_EXPORTER_CLASS (klass);

  object_class->get_property = ftp_exporter_get_property;
  object_class->set_property = ftp_exporter_set_property;
  object_class->finalize = ftp_exporter_finalize;
  exporter_class->check = ftp_exporter_check;
  exporter_class->start = ftp_exporter_start;
  exporter_class->export = ftp_exporter_export;
  exporter_class->committed = ftp_exporter_committed;
  exporter_class->get_deadline_us = ftp_exporter_get_deadline_us;
  exporter_class->finish = ftp_exporter_finish;
  exporter_class->stop = ftp_exporter_stop;
  csv_settings_install (object_class, "spool",
                        "Folder in which documents grow and wait until the server has them; it is created.");
  install_access (object_class);
  install_security (object_class);
  g_object_class_install_property (
      object_class, PROP_CONNECT_TIMEOUT,
      amsel_param_spec_duration ("connect-timeout", "The longest to wait for a connection.",
                                 G_TIME_SPAN_MILLISECOND, G_TIME_SPAN_HOUR, DEFAULT_CONNECT_TIMEOUT_US,
                                 AMSEL_PARAM_SETTING));
  g_object_class_install_property (
      object_class, PROP_TIMEOUT,
      amsel_param_spec_duration ("timeout", "The longest that the server may make no progress.",
                                 G_TIME_SPAN_SECOND, G_TIME_SPAN_HOUR, DEFAULT_TIMEOUT_US,
                                 AMSEL_PARAM_SETTING));
}

static void
ftp_exporter_init (FtpExporter *self)
{
  csv_settings_init (&self->documents, "spool");
  self->server.verify = TRUE;
  self->server.connect_timeout_us = DEFAULT_CONNECT_TIMEOUT_US;
  self->server.timeout_us = DEFAULT_TIMEOUT_US;
}
