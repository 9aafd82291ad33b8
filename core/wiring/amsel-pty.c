/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pseudo-terminal whose other end any program may open.
 *
 * The other end is kept open here as well. Otherwise, each time its last reader leaves, the kernel would set
 * it back to a cooked terminal with echo, and reading would fail with EIO, without end and without anything
 * to wait for, until the next reader comes. The price is that a reader's leavings would stay: unread answers,
 * its settings, and an exclusive mode that keeps out all others. So closing is watched with inotify. After
 * each one our own hold is let go for a moment: if that hangs up the terminal, nobody else has it open, the
 * kernel has renewed it, and it is made raw again; otherwise nothing has changed. (Counting who opens and
 * closes would be simpler, but equal events of inotify become one.) What is sent while nobody is there is
 * lost, as on a cable. */
#include "amsel-pty.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "amsel-error.h"
#include "amsel-outbox.h"

#define READ_SIZE 4096
#define PTY_DIR   "/dev/pts/"

struct _AmselPty
{
  gint fd;            /* our end */
  gint other_fd;      /* the end for others */
  gint inotify_fd;    /* -1 where there is none */
  gint watch;         /* on the name; -1 where there is none */
  GSource *source;    /* (owned) (nullable) */
  GSource *events;    /* (owned) (nullable) */
  AmselOutbox outbox; /* what the other end has not taken yet */
  GSource *writable;  /* (owned) (nullable): while there is any */
  gchar *name;        /* (owned) (nullable) */
  gchar *link;        /* (owned) (nullable): set once it is there */
  guint baud;
  gboolean attended; /* somebody else has the other end open, as far as is known */
  AmselPtyReceived received;
  gpointer user_data;
};

static const struct
{
  guint baud;
  speed_t speed;
} SPEEDS[] = {
  { 300, B300 },   { 600, B600 },     { 1200, B1200 },   { 2400, B2400 },   { 4800, B4800 },
  { 9600, B9600 }, { 19200, B19200 }, { 38400, B38400 }, { 57600, B57600 }, { 115200, B115200 },
};

static gboolean
fail (GError **error, const gchar *what)
{
  g_set_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_OPEN, "%s: %s", what, g_strerror (errno));
  return FALSE;
}

static guint
get_baud (AmselPty *self)
{
  struct termios settings;

  if (tcgetattr (self->fd, &settings) != 0)
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (SPEEDS); i++)
    if (SPEEDS[i].speed == cfgetospeed (&settings))
      return SPEEDS[i].baud;
  return 0;
}

static gboolean
make_raw (AmselPty *self, GError **error)
{
  struct termios settings;

  if (tcgetattr (self->other_fd, &settings) != 0)
    return fail (error, self->name);
  cfmakeraw (&settings);
  for (guint i = 0; i < G_N_ELEMENTS (SPEEDS); i++)
    if (SPEEDS[i].baud == self->baud)
      cfsetspeed (&settings, SPEEDS[i].speed);
  return tcsetattr (self->other_fd, TCSANOW, &settings) == 0 || fail (error, self->name);
}

static void
hold (AmselPty *self)
{
  self->other_fd = open (self->name, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

static void
let_go (AmselPty *self)
{
  if (self->other_fd >= 0)
    close (self->other_fd);
  self->other_fd = -1;
}

static gboolean
is_hung_up (AmselPty *self)
{
  struct pollfd poll_fd = { .fd = self->fd };

  return poll (&poll_fd, 1, 0) == 1 && (poll_fd.revents & POLLHUP) != 0;
}

static void
watch (AmselPty *self)
{
  self->watch = inotify_add_watch (self->inotify_fd, self->name, IN_OPEN | IN_CLOSE_WRITE | IN_CLOSE_NOWRITE);
}

/* Undoes what the last reader has left behind. */
static void
renew (AmselPty *self)
{
  make_raw (self, NULL);
  tcflush (self->other_fd, TCIFLUSH);
}

/* Somebody has closed the other end. The watch is off meanwhile, or it would see ourselves. Exclusive mode
 * is, too: it would keep us out, even when he who wanted it is gone. */
static void
renew_if_left (AmselPty *self)
{
  gint exclusive = 0;
  gboolean left;

  if (self->watch >= 0)
    inotify_rm_watch (self->inotify_fd, self->watch);
  ioctl (self->other_fd, TIOCGEXCL, &exclusive);
  ioctl (self->other_fd, TIOCNXCL);
  let_go (self);
  left = is_hung_up (self);
  hold (self);
  if (left)
    {
      amsel_outbox_clear (&self->outbox);
      renew (self);
    }
  else if (exclusive)
    ioctl (self->other_fd, TIOCEXCL);
  watch (self);
  self->attended = !left;
}

static gboolean
on_readable (gint fd, GIOCondition condition G_GNUC_UNUSED, gpointer user_data)
{
  AmselPty *self = user_data;
  guint8 buffer[READ_SIZE];
  gssize n = read (fd, buffer, sizeof buffer);
  g_autoptr (GBytes) data = NULL;

  /* EIO: our hold could not be had again, for want of descriptors, and nobody else is there */
  if (n < 0 && errno == EIO)
    {
      hold (self);
      return self->other_fd >= 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
    }
  if (n <= 0)
    return G_SOURCE_CONTINUE;
  self->attended = TRUE;
  data = g_bytes_new (buffer, (gsize) n);
  self->received (data, get_baud (self), self->user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_events (gint fd, GIOCondition condition G_GNUC_UNUSED, gpointer user_data)
{
  AmselPty *self = user_data;
  union
  {
    gchar bytes[READ_SIZE];
    struct inotify_event event;
  } buffer;
  gssize n = read (fd, buffer.bytes, sizeof buffer.bytes);
  guint32 seen = 0;

  for (gssize at = 0; at + (gssize) sizeof buffer.event <= n;)
    {
      const struct inotify_event *event = (const struct inotify_event *) (gconstpointer) (buffer.bytes + at);

      /* events of a watch that is off are those of a time that has been looked at */
      if (event->wd == self->watch)
        seen |= event->mask;
      at += (gssize) (sizeof *event + event->len);
    }
  if ((seen & IN_OPEN) != 0)
    self->attended = TRUE;
  if ((seen & (IN_CLOSE_WRITE | IN_CLOSE_NOWRITE)) != 0)
    renew_if_left (self);
  return G_SOURCE_CONTINUE;
}

static GSource *
attach (gint fd, GIOCondition condition, gint priority, GUnixFDSourceFunc callback, AmselPty *self)
{
  GSource *source = g_unix_fd_source_new (fd, condition);

  g_source_set_priority (source, priority);
  g_source_set_callback (source, G_SOURCE_FUNC (callback), self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

/* Without inotify all is as if somebody always listened. */
static void
watch_others (AmselPty *self)
{
  self->attended = TRUE;
  self->inotify_fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  if (self->inotify_fd < 0)
    return;
  watch (self);
  if (self->watch < 0)
    return;
  self->attended = FALSE;
  /* before the bytes of a reader, its opening */
  self->events = attach (self->inotify_fd, G_IO_IN, G_PRIORITY_HIGH, on_events, self);
}

static gboolean
open_both_ends (AmselPty *self, GError **error)
{
  gchar name[64];

  self->fd = posix_openpt (O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (self->fd < 0 || grantpt (self->fd) != 0 || unlockpt (self->fd) != 0)
    return fail (error, "no pseudo-terminal");
  if (ptsname_r (self->fd, name, sizeof name) != 0)
    return fail (error, "no pseudo-terminal");
  self->name = g_strdup (name);
  hold (self);
  if (self->other_fd < 0)
    return fail (error, name);
  return make_raw (self, error);
}

/* What stands in the way of the link may be replaced where it is a link that leads nowhere, or to a
 * pseudo-terminal: then somebody like us has left it behind. */
static gboolean
may_replace (const gchar *link)
{
  g_autofree gchar *target = g_file_read_link (link, NULL);

  if (target == NULL)
    return FALSE;
  return g_str_has_prefix (target, PTY_DIR) || !g_file_test (link, G_FILE_TEST_EXISTS);
}

static gboolean
make_link (AmselPty *self, const gchar *link, GError **error)
{
  g_autofree gchar *temporary = g_strdup_printf ("%s.%d", link, (gint) getpid ());
  struct stat info;

  if (lstat (link, &info) == 0 && !may_replace (link))
    {
      g_set_error (error, AMSEL_TRANSPORT_ERROR, AMSEL_TRANSPORT_ERROR_OPEN,
                   "%s: exists and is no link to a pseudo-terminal; it is left as it is", link);
      return FALSE;
    }
  g_unlink (temporary);
  if (symlink (self->name, temporary) != 0)
    return fail (error, link);
  if (g_rename (temporary, link) != 0)
    {
      fail (error, link);
      g_unlink (temporary);
      return FALSE;
    }
  self->link = g_strdup (link);
  return TRUE;
}

/* Opens a raw pseudo-terminal, set to a baud rate until a reader sets another, with a link to it if wanted.
 */
AmselPty *
amsel_pty_new (const gchar *link, guint baud, AmselPtyReceived received, gpointer user_data, GError **error)
{
  g_autoptr (AmselPty) self = g_new0 (AmselPty, 1);

  self->fd = self->other_fd = self->inotify_fd = self->watch = -1;
  self->baud = baud;
  self->received = received;
  self->user_data = user_data;
  if (!open_both_ends (self, error) || (link != NULL && !make_link (self, link, error)))
    return NULL;
  watch_others (self);
  self->source = attach (self->fd, G_IO_IN, G_PRIORITY_DEFAULT, on_readable, self);
  return g_steal_pointer (&self);
}

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
close_fd (gint fd)
{
  if (fd >= 0)
    close (fd);
}

void
amsel_pty_free (AmselPty *self)
{
  g_autofree gchar *target = self->link != NULL ? g_file_read_link (self->link, NULL) : NULL;

  clear_source (&self->source);
  clear_source (&self->events);
  clear_source (&self->writable);
  amsel_outbox_clear (&self->outbox);
  close_fd (self->inotify_fd);
  let_go (self);
  close_fd (self->fd);
  /* somebody else may have taken the name meanwhile */
  if (target != NULL && g_str_equal (target, self->name))
    g_unlink (self->link);
  g_free (self->name);
  g_free (self->link);
  g_free (self);
}

const gchar *
amsel_pty_get_name (AmselPty *self)
{
  return self->name;
}

static void flush (AmselPty *self);

static gboolean
on_writable (gint fd G_GNUC_UNUSED, GIOCondition condition G_GNUC_UNUSED, gpointer user_data)
{
  flush (user_data);
  return G_SOURCE_CONTINUE; /* where nothing is left, it is destroyed already */
}

/* Writes what can be written now, and waits to write the rest. */
static void
flush (AmselPty *self)
{
  gsize length;
  const guint8 *bytes;

  while ((bytes = amsel_outbox_peek (&self->outbox, &length)) != NULL)
    {
      gssize n = write (self->fd, bytes, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      amsel_outbox_remove (&self->outbox, (gsize) n);
    }
  if (bytes == NULL)
    clear_source (&self->writable);
  else if (self->writable == NULL)
    self->writable = attach (self->fd, G_IO_OUT, G_PRIORITY_DEFAULT, on_writable, self);
}

void
amsel_pty_send (AmselPty *self, GBytes *data)
{
  gsize queued;

  amsel_outbox_peek (&self->outbox, &queued);
  if (!self->attended || queued + g_bytes_get_size (data) > AMSEL_PTY_QUEUE_MAX)
    return;
  amsel_outbox_add (&self->outbox, data);
  flush (self);
}
