/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection to a file server, by libcurl.
 *
 * One connection serves everything that is to be sent at a time: libcurl keeps it open between the steps. No
 * step changes the folder on the server; names are always whole, so that commands and transfers mean the same
 * file. */
#include "ftp-session.h"

#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ftp-error.h"

#define REPLY_MAX 200

struct _FtpSession
{
  const FtpSettings *settings; /* (unowned) */
  FtpUrl *url;                 /* (owned) */
  GCancellable *cancellable;   /* (owned) (nullable) */
  CURLM *multi;                /* (owned) */
  CURL *easy;                  /* (owned) */
  GHashTable *made;            /* (owned): folders that were made or found */
  gchar text[CURL_ERROR_SIZE]; /* what libcurl says of the last failure */
  GString *reply;              /* (owned): last line that the server sent */
  GArray *sockets;             /* (owned) (element-type gint): that are open */

  /* of the transfer at hand */
  gint fd;
  gint file_errno;
  gboolean too_long; /* the server has more than was expected */
};

/* ------------------------------------------------------------------- what libcurl calls */

static gsize
on_header (gchar *data, gsize size, gsize n, gpointer user_data)
{
  FtpSession *self = user_data;
  gsize length = MIN (size * n, REPLY_MAX);

  while (length > 0 && g_ascii_isspace (data[length - 1]))
    length--;
  if (length < 4 || !g_ascii_isdigit (data[0])) /* libcurl's own lines of a look at a file */
    return size * n;
  g_string_truncate (self->reply, 0);
  for (gsize i = 0; i < length; i++)
    g_string_append_c (self->reply, g_ascii_isprint (data[i]) ? data[i] : '?');
  return size * n;
}

static gsize
on_read (gchar *out, gsize size, gsize n, gpointer user_data)
{
  FtpSession *self = user_data;
  gssize got;

  do
    got = read (self->fd, out, size * n);
  while (got < 0 && errno == EINTR);
  if (got >= 0)
    return (gsize) got;
  self->file_errno = errno;
  return CURL_READFUNC_ABORT;
}

static gint
on_seek (gpointer user_data, curl_off_t offset, gint origin)
{
  FtpSession *self = user_data;

  return lseek (self->fd, offset, origin) >= 0 ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

/* Nothing is fetched: what comes behind the expected length is too much. */
static gsize
on_write (gchar *data G_GNUC_UNUSED, gsize size, gsize n, gpointer user_data)
{
  FtpSession *self = user_data;

  self->too_long = TRUE;
  return size * n > 0 ? 0 : size * n;
}

static gsize
on_drop (gchar *data G_GNUC_UNUSED, gsize size, gsize n, gpointer user_data G_GNUC_UNUSED)
{
  return size * n;
}

/* Sockets are known here only to be able to end a connection without waiting. */
static curl_socket_t
on_open_socket (gpointer user_data, curlsocktype purpose G_GNUC_UNUSED, struct curl_sockaddr *address)
{
  FtpSession *self = user_data;
  gint fd = socket (address->family, address->socktype | SOCK_CLOEXEC, address->protocol);

  if (fd < 0)
    return CURL_SOCKET_BAD;
  g_array_append_val (self->sockets, fd);
  return fd;
}

static gint
on_close_socket (gpointer user_data, curl_socket_t fd)
{
  FtpSession *self = user_data;

  for (guint i = 0; i < self->sockets->len; i++)
    if (g_array_index (self->sockets, gint, i) == fd)
      {
        g_array_remove_index_fast (self->sockets, i);
        break;
      }
  return close (fd);
}

/* ------------------------------------------------------------------- errors */

static const struct
{
  CURLcode code;
  FtpError error;
} FAULTS[] = {
  { CURLE_UNSUPPORTED_PROTOCOL, FTP_ERROR_UNSUPPORTED },
  { CURLE_COULDNT_RESOLVE_HOST, FTP_ERROR_UNREACHABLE },
  { CURLE_COULDNT_RESOLVE_PROXY, FTP_ERROR_UNREACHABLE },
  { CURLE_COULDNT_CONNECT, FTP_ERROR_UNREACHABLE },
  { CURLE_WEIRD_SERVER_REPLY, FTP_ERROR_UNREACHABLE },
  { CURLE_OPERATION_TIMEDOUT, FTP_ERROR_TIMEOUT },
  { CURLE_LOGIN_DENIED, FTP_ERROR_LOGIN },
  { CURLE_PEER_FAILED_VERIFICATION, FTP_ERROR_CERTIFICATE },
  { CURLE_SSL_CACERT_BADFILE, FTP_ERROR_CERTIFICATE },
  { CURLE_SSL_ISSUER_ERROR, FTP_ERROR_CERTIFICATE },
  { CURLE_SSL_CONNECT_ERROR, FTP_ERROR_ENCRYPTION },
  { CURLE_USE_SSL_FAILED, FTP_ERROR_ENCRYPTION },
  { CURLE_SSL_CIPHER, FTP_ERROR_ENCRYPTION },
  { CURLE_REMOTE_DISK_FULL, FTP_ERROR_FULL },
  { CURLE_REMOTE_ACCESS_DENIED, FTP_ERROR_REFUSED },
  { CURLE_UPLOAD_FAILED, FTP_ERROR_REFUSED },
  { CURLE_QUOTE_ERROR, FTP_ERROR_REFUSED },
  { CURLE_FTP_COULDNT_RETR_FILE, FTP_ERROR_REFUSED },
  { CURLE_FTP_COULDNT_SET_TYPE, FTP_ERROR_REFUSED },
  { CURLE_REMOTE_FILE_NOT_FOUND, FTP_ERROR_REFUSED },
  { CURLE_FTP_COULDNT_USE_REST, FTP_ERROR_REFUSED },
  { CURLE_BAD_DOWNLOAD_RESUME, FTP_ERROR_REFUSED },
  { CURLE_READ_ERROR, FTP_ERROR_FILE },
  { CURLE_ABORTED_BY_CALLBACK, FTP_ERROR_FILE },
};

/* Replies that say more than libcurl does: RFC 959 section 4.2.2. */
static FtpError
find_fault (CURLcode code, glong reply)
{
  if (reply == 452 || reply == 552)
    return FTP_ERROR_FULL;
  if (reply == 530)
    return FTP_ERROR_LOGIN;
  if (reply == 421)
    return FTP_ERROR_UNREACHABLE;
  for (guint i = 0; i < G_N_ELEMENTS (FAULTS); i++)
    if (FAULTS[i].code == code)
      return FAULTS[i].error;
  return FTP_ERROR_LOST;
}

static const gchar *
get_advice (FtpError fault)
{
  switch (fault)
    {
    case FTP_ERROR_LOGIN:
      return "; check user and password";
    case FTP_ERROR_CERTIFICATE:
      return "; give the server's certificate or its authority as ca-file, or its host key in known-hosts";
    case FTP_ERROR_FULL:
      return "; the server has no room left";
    case FTP_ERROR_NONE:
    case FTP_ERROR_UNSUPPORTED:
    case FTP_ERROR_UNREACHABLE:
    case FTP_ERROR_LOST:
    case FTP_ERROR_TIMEOUT:
    case FTP_ERROR_ENCRYPTION:
    case FTP_ERROR_REFUSED:
    case FTP_ERROR_SIZE:
    case FTP_ERROR_FILE:
      return "";
    }
  return "";
}

static gboolean
set_error (FtpSession *self, CURLcode code, const gchar *name, GError **error)
{
  const gchar *text = self->text[0] != '\0' ? self->text : curl_easy_strerror (code);
  gboolean quoted = FALSE;
  glong reply = 0;
  FtpError fault;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  if (self->url->scheme != FTP_SCHEME_SFTP)
    curl_easy_getinfo (self->easy, CURLINFO_RESPONSE_CODE, &reply);
  fault = find_fault (code, reply);
  if (self->file_errno != 0)
    text = g_strerror (self->file_errno);
  quoted = reply >= 400 && self->reply->len > 0;
  g_set_error (error, FTP_ERROR, (gint) fault, "%s%s: %s%s%s%s%s", self->url->base, name, text,
               quoted ? " (" : "", quoted ? self->reply->str : "", quoted ? ")" : "", get_advice (fault));
  return FALSE;
}

/* ------------------------------------------------------------------- one step */

static void
set_access (FtpSession *self)
{
  const FtpSettings *settings = self->settings;
  CURL *easy = self->easy;
  const gchar *user = settings->user != NULL ? settings->user : self->url->user;
  const gchar *password = settings->password != NULL ? settings->password : self->url->password;

  if (user != NULL)
    curl_easy_setopt (easy, CURLOPT_USERNAME, user);
  if (password != NULL)
    curl_easy_setopt (easy, CURLOPT_PASSWORD, password);
  curl_easy_setopt (easy, CURLOPT_USE_SSL,
                    settings->explicit_tls || self->url->scheme == FTP_SCHEME_FTPS ? (glong) CURLUSESSL_ALL
                                                                                   : (glong) CURLUSESSL_NONE);
  curl_easy_setopt (easy, CURLOPT_SSL_VERIFYPEER, settings->verify ? 1L : 0L);
  curl_easy_setopt (easy, CURLOPT_SSL_VERIFYHOST, settings->verify ? 2L : 0L);
  if (settings->ca_file != NULL)
    {
      curl_easy_setopt (easy, CURLOPT_CAINFO, settings->ca_file);
      curl_easy_setopt (easy, CURLOPT_CAPATH, NULL);
    }
  if (settings->key_file != NULL)
    {
      curl_easy_setopt (easy, CURLOPT_SSH_PRIVATE_KEYFILE, settings->key_file);
      curl_easy_setopt (easy, CURLOPT_KEYPASSWD, password);
    }
  curl_easy_setopt (easy, CURLOPT_SSH_AUTH_TYPES,
                    settings->key_file != NULL ? (glong) CURLSSH_AUTH_PUBLICKEY
                                               : (glong) (CURLSSH_AUTH_PASSWORD | CURLSSH_AUTH_KEYBOARD));
  if (self->url->scheme == FTP_SCHEME_SFTP && settings->verify)
    curl_easy_setopt (easy, CURLOPT_SSH_KNOWNHOSTS, settings->known_hosts);
}

/* Begins a step: everything that a former one has set is away. */
static void
begin (FtpSession *self, const gchar *url)
{
  CURL *easy = self->easy;

  curl_easy_reset (easy);
  self->text[0] = '\0';
  self->file_errno = 0;
  self->too_long = FALSE;
  curl_easy_setopt (easy, CURLOPT_URL, url);
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_ERRORBUFFER, self->text);
  curl_easy_setopt (easy, CURLOPT_FTP_FILEMETHOD, (glong) CURLFTPMETHOD_NOCWD);
  curl_easy_setopt (easy, CURLOPT_CONNECTTIMEOUT_MS,
                    (glong) (self->settings->connect_timeout_us / G_TIME_SPAN_MILLISECOND));
  curl_easy_setopt (easy, CURLOPT_FTP_RESPONSE_TIMEOUT,
                    (glong) MAX (self->settings->timeout_us / G_TIME_SPAN_SECOND, 1));
  curl_easy_setopt (easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt (easy, CURLOPT_LOW_SPEED_TIME,
                    (glong) MAX (self->settings->timeout_us / G_TIME_SPAN_SECOND, 1));
  curl_easy_setopt (easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt (easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt (easy, CURLOPT_HEADERDATA, self);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, on_drop);
  curl_easy_setopt (easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
  curl_easy_setopt (easy, CURLOPT_OPENSOCKETDATA, self);
  curl_easy_setopt (easy, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket);
  curl_easy_setopt (easy, CURLOPT_CLOSESOCKETDATA, self);
  set_access (self);
}

/* A write into a connection that is gone must not end the program. */
static void
block_sigpipe (void)
{
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &set, NULL);
}

static CURLcode
get_result (FtpSession *self)
{
  CURLMsg *message;
  gint left;

  while ((message = curl_multi_info_read (self->multi, &left)) != NULL)
    if (message->msg == CURLMSG_DONE)
      return message->data.result;
  return CURLE_ABORTED_BY_CALLBACK;
}

/* Does the step that was set up. */
static CURLcode
perform (FtpSession *self)
{
  CURLcode result;
  gint running = 1;

  curl_multi_add_handle (self->multi, self->easy);
  while (running > 0 && !g_cancellable_is_cancelled (self->cancellable)
         && curl_multi_perform (self->multi, &running) == CURLM_OK)
    if (running > 0)
      curl_multi_poll (self->multi, NULL, 0, 1000, NULL);
  result = get_result (self);
  curl_multi_remove_handle (self->multi, self->easy);
  return result;
}

static void
on_cancelled (GCancellable *cancellable G_GNUC_UNUSED, gpointer multi)
{
  curl_multi_wakeup (multi);
}

/* As perform(), and ends at once when it is cancelled. */
static CURLcode
perform_cancellable (FtpSession *self)
{
  gulong handler = 0;
  CURLcode result;

  if (self->cancellable != NULL)
    handler = g_cancellable_connect (self->cancellable, G_CALLBACK (on_cancelled), self->multi, NULL);
  result = perform (self);
  g_cancellable_disconnect (self->cancellable, handler);
  return result;
}

/* ------------------------------------------------------------------- what is done */

/* Whether to look at files that have grown. With SFTP a size can only be compared, and where it is another
 * one libcurl 7.88 leaves an open file behind; that may happen after a fault, and not with every log. */
gboolean
ftp_session_tells_sizes (const FtpSession *self)
{
  return self->url->scheme != FTP_SCHEME_SFTP;
}

/* Looks what is under a name. The file is asked for from its expected end on: nothing comes where it has that
 * length. This works alike with all protocols. */
gboolean
ftp_session_look (FtpSession *self, const gchar *name, guint64 length, FtpThere *out, GError **error)
{
  g_autofree gchar *url = ftp_url_get_file (self->url, name);
  curl_off_t size = -1;
  CURLcode result;

  *out = FTP_THERE_NOTHING;
  begin (self, url);
  if (self->url->scheme != FTP_SCHEME_SFTP)
    curl_easy_setopt (self->easy, CURLOPT_NOBODY, 1L);
  else
    {
      curl_easy_setopt (self->easy, CURLOPT_RESUME_FROM_LARGE, (curl_off_t) length);
      curl_easy_setopt (self->easy, CURLOPT_WRITEFUNCTION, on_write);
      curl_easy_setopt (self->easy, CURLOPT_WRITEDATA, self);
    }
  result = perform_cancellable (self);
  if (result == CURLE_REMOTE_FILE_NOT_FOUND)
    return TRUE;
  *out = FTP_THERE_OTHER;
  if (self->too_long || result == CURLE_BAD_DOWNLOAD_RESUME)
    return TRUE;
  if (result != CURLE_OK)
    return set_error (self, result, name, error);
  curl_easy_getinfo (self->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
  if (self->url->scheme == FTP_SCHEME_SFTP || size == (curl_off_t) length)
    *out = FTP_THERE_SAME;
  else if (size < 0)
    {
      g_set_error (error, FTP_ERROR, FTP_ERROR_REFUSED, "%s%s: the server does not tell the size of files",
                   self->url->base, name);
      return FALSE;
    }
  return TRUE;
}

/* Sends a file under a name, either whole or from where an earlier attempt ended. */
gboolean
ftp_session_send (FtpSession *self, const gchar *name, gint fd, guint64 length, gboolean resume,
                  GError **error)
{
  g_autofree gchar *url = ftp_url_get_file (self->url, name);
  CURLcode result;

  self->fd = fd;
  lseek (fd, 0, SEEK_SET);
  begin (self, url);
  curl_easy_setopt (self->easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt (self->easy, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt (self->easy, CURLOPT_READDATA, self);
  curl_easy_setopt (self->easy, CURLOPT_SEEKFUNCTION, on_seek);
  curl_easy_setopt (self->easy, CURLOPT_SEEKDATA, self);
  curl_easy_setopt (self->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t) length);
  curl_easy_setopt (self->easy, CURLOPT_RESUME_FROM_LARGE, (curl_off_t) (resume ? -1 : 0));
  result = perform_cancellable (self);
  return result == CURLE_OK || set_error (self, result, name, error);
}

/* Gives commands that transfer nothing; one that begins with '*' may fail. */
static gboolean
command (FtpSession *self, struct curl_slist *commands, const gchar *name, GError **error)
{
  CURLcode result;

  begin (self, self->url->root);
  curl_easy_setopt (self->easy, CURLOPT_NOBODY, 1L);
  curl_easy_setopt (self->easy, CURLOPT_QUOTE, commands);
  result = perform_cancellable (self);
  curl_slist_free_all (commands);
  return result == CURLE_OK || set_error (self, result, name, error);
}

static struct curl_slist *add_command (struct curl_slist *list, const gchar *format, ...)
    G_GNUC_PRINTF (2, 3);

static struct curl_slist *
add_command (struct curl_slist *list, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return curl_slist_append (list, text);
}

/* Gives a file its final name. What has that name already is replaced, or must not be there. */
gboolean
ftp_session_rename (FtpSession *self, const gchar *from, const gchar *to, gboolean replace, GError **error)
{
  const gchar *folder = self->url->folder;
  struct curl_slist *list = NULL;

  if (self->url->scheme == FTP_SCHEME_SFTP)
    {
      if (replace)
        list = add_command (list, "*rm \"%s%s\"", folder, to);
      list = add_command (list, "rename \"%s%s\" \"%s%s\"", folder, from, folder, to);
    }
  else
    {
      if (replace)
        list = add_command (list, "*DELE %s%s", folder, to);
      list = add_command (list, "RNFR %s%s", folder, from);
      list = add_command (list, "RNTO %s%s", folder, to);
    }
  return command (self, list, to, error);
}

/* Makes the folders that a file is in, where they are not there yet. */
gboolean
ftp_session_make_folders (FtpSession *self, const gchar *name, GError **error)
{
  g_autofree gchar *path = g_strconcat (self->url->folder, name, NULL);
  gchar *last = strrchr (path, '/');
  struct curl_slist *list = NULL;
  g_autofree gchar *parent = NULL;

  if (last == NULL || last == path)
    return TRUE;
  *last = '\0';
  if (g_hash_table_contains (self->made, path))
    return TRUE;
  parent = g_strdup (path);
  for (gchar *slash = strchr (parent + 1, '/');; slash = strchr (slash + 1, '/'))
    {
      if (slash != NULL)
        *slash = '\0';
      list = self->url->scheme == FTP_SCHEME_SFTP ? add_command (list, "*mkdir \"%s\"", parent)
                                                  : add_command (list, "*MKD %s", parent);
      if (slash == NULL)
        break;
      *slash = '/';
    }
  if (!command (self, list, name, error))
    return FALSE;
  g_hash_table_add (self->made, g_steal_pointer (&path));
  return TRUE;
}

/* ------------------------------------------------------------------- its life */

static gboolean
is_supported (FtpScheme scheme)
{
  static const gchar *const names[] = { "", "ftp", "ftps", "sftp" };
  const curl_version_info_data *info = curl_version_info (CURLVERSION_NOW);

  for (guint i = 0; info->protocols[i] != NULL; i++)
    if (g_str_equal (info->protocols[i], names[scheme]))
      return TRUE;
  return FALSE;
}

/* Gets ready to connect; the connection comes about with the first step. */
FtpSession *
ftp_session_new (const FtpSettings *settings, GCancellable *cancellable, GError **error)
{
  static gsize once = 0;
  g_autoptr (FtpUrl) url = ftp_url_new (settings->url, error);
  FtpSession *self;

  if (url == NULL)
    return NULL;
  if (g_once_init_enter (&once))
    {
      curl_global_init (CURL_GLOBAL_DEFAULT);
      g_once_init_leave (&once, 1);
    }
  if (!is_supported (url->scheme))
    {
      g_set_error (error, FTP_ERROR, FTP_ERROR_UNSUPPORTED,
                   "%s: the installed libcurl cannot do this protocol", url->base);
      return NULL;
    }
  block_sigpipe ();
  self = g_new0 (FtpSession, 1);
  self->settings = settings;
  self->url = g_steal_pointer (&url);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->multi = curl_multi_init ();
  self->easy = curl_easy_init ();
  self->made = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->reply = g_string_new (NULL);
  self->sockets = g_array_new (FALSE, FALSE, sizeof (gint));
  self->fd = -1;
  return self;
}

/* Ends the connection. With FTP libcurl would wait for the server's answer to its goodbye, for minutes where
 * there is none; with SFTP it does not, and libssh2 needs the connection to clean up after it. */
void
ftp_session_free (FtpSession *self)
{
  gboolean at_once = self->url->scheme != FTP_SCHEME_SFTP || g_cancellable_is_cancelled (self->cancellable);

  for (guint i = 0; at_once && i < self->sockets->len; i++)
    shutdown (g_array_index (self->sockets, gint, i), SHUT_RDWR);
  curl_easy_cleanup (self->easy);
  curl_multi_cleanup (self->multi);
  g_clear_object (&self->cancellable);
  g_hash_table_unref (self->made);
  g_string_free (self->reply, TRUE);
  g_array_unref (self->sockets);
  ftp_url_free (self->url);
  g_free (self);
}

/* The folder on the server, without user and password. */
const gchar *
ftp_session_get_base (const FtpSession *self)
{
  return self->url->base;
}
