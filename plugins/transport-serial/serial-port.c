/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls to the system that a serial device needs.
 *
 * The kernel's termios2 is used in place of the C library's termios: it takes every baud rate as a number, so
 * the listed and the unlisted ones go one way, and it says afterwards which rate the device really has. Its
 * header and <termios.h> cannot be included together. */
#include "serial-port.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <linux/major.h>
#include <linux/serial.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* A receiver samples the tenth bit in its middle: 5 % apart is its end, and the meter has its share of that.
 */
#define BAUD_TOLERANCE_PERCENT 3

static gint
fail (GError **error, AmselTransportError code, const gchar *device, const gchar *what)
{
  g_set_error (error, AMSEL_TRANSPORT_ERROR, (gint) code, "%s: %s", device, what);
  return -1;
}

static gint
fail_busy (GError **error, const gchar *device)
{
  return fail (error, AMSEL_TRANSPORT_ERROR_BUSY, device, "another program has the port open");
}

/* Names the group that may use the device: the usual reason on a new machine. */
static gint
fail_permission (GError **error, const gchar *device)
{
  struct stat status;
  struct group *group = g_stat (device, &status) == 0 ? getgrgid (status.st_gid) : NULL;
  g_autofree gchar *what = group != NULL ? g_strdup_printf ("no permission to open the port; members of the "
                                                            "group “%s” have it",
                                                            group->gr_name)
                                         : g_strdup ("no permission to open the port");

  return fail (error, AMSEL_TRANSPORT_ERROR_OPEN, device, what);
}

static gint
open_device (const gchar *device, GError **error)
{
  gint fd = g_open (device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0);

  if (fd >= 0)
    return fd;
  switch (errno)
    {
    case EBUSY:
      return fail_busy (error, device);
    case EACCES:
    case EPERM:
      return fail_permission (error, device);
    case ENOENT:
      return fail (error, AMSEL_TRANSPORT_ERROR_OPEN, device, "there is no such device; is it plugged in?");
    default:
      return fail (error, AMSEL_TRANSPORT_ERROR_OPEN, device, g_strerror (errno));
    }
}

static gboolean
is_pty_device (gint fd)
{
  struct stat status;

  return fstat (fd, &status) == 0 && S_ISCHR (status.st_mode)
         && major (status.st_rdev) >= UNIX98_PTY_SLAVE_MAJOR
         && major (status.st_rdev) < UNIX98_PTY_SLAVE_MAJOR + UNIX98_PTY_MAJOR_COUNT;
}

gint
serial_port_open (const gchar *device, gboolean *out_is_pty, GError **error)
{
  struct termios2 tio;
  gint fd = open_device (device, error);

  if (fd < 0)
    return -1;
  if (ioctl (fd, TCGETS2, &tio) < 0)
    {
      close (fd);
      return fail (error, AMSEL_TRANSPORT_ERROR_OPEN, device, "this is no serial port");
    }
  /* TIOCEXCL keeps out those who know nothing of locks, but not root; flock keeps out all who ask */
  if (flock (fd, LOCK_EX | LOCK_NB) < 0)
    {
      close (fd);
      return fail_busy (error, device);
    }
  *out_is_pty = is_pty_device (fd);
  /* on a pty that its maker keeps open, the mark would outlive a program that was killed */
  if (!*out_is_pty)
    ioctl (fd, TIOCEXCL);
  return fd;
}

static void
fill_termios (struct termios2 *tio, const AmselLineSettings *settings)
{
  static const guint SIZES[] = { CS5, CS6, CS7, CS8 };

  /* parity and stop bits are checked in every setting, and damaged characters marked: see serial-marks.c */
  tio->c_iflag = INPCK | PARMRK;
  tio->c_oflag = 0;
  tio->c_lflag = 0;
  tio->c_cflag = CREAD | CLOCAL | BOTHER | (BOTHER << IBSHIFT) | SIZES[settings->data_bits - 5];
  if (settings->parity != AMSEL_PARITY_NONE)
    tio->c_cflag |= PARENB;
  if (settings->parity == AMSEL_PARITY_ODD)
    tio->c_cflag |= PARODD;
  if (settings->stop_bits == 2)
    tio->c_cflag |= CSTOPB;
  tio->c_ispeed = settings->baud;
  tio->c_ospeed = settings->baud;
  /* with VMIN 0, a read from an empty port would look like one from a port that is gone */
  tio->c_cc[VMIN] = 1;
  tio->c_cc[VTIME] = 0;
}

static gboolean
is_near (guint actual, guint wanted)
{
  guint64 difference = actual > wanted ? actual - wanted : wanted - actual;

  return difference * 100 <= (guint64) wanted * BAUD_TOLERANCE_PERCENT;
}

/* A device takes the call also where it cannot do all of it, and says in the answer what it does. */
static gboolean
check_termios (const struct termios2 *actual, const struct termios2 *wanted, const gchar *device,
               GError **error)
{
  g_autofree gchar *what = NULL;

  if (!is_near (actual->c_ospeed, wanted->c_ospeed))
    what = g_strdup_printf ("the port does not take %u Bd (it would use %u Bd)", wanted->c_ospeed,
                            actual->c_ospeed);
  else if (((actual->c_cflag ^ wanted->c_cflag) & CSIZE) != 0)
    what = g_strdup ("the port does not take this number of data bits");
  else if (((actual->c_cflag ^ wanted->c_cflag) & (PARENB | PARODD)) != 0)
    what = g_strdup ("the port does not take this parity");
  else if (((actual->c_cflag ^ wanted->c_cflag) & CSTOPB) != 0)
    what = g_strdup ("the port does not take this number of stop bits");
  if (what != NULL)
    fail (error, AMSEL_TRANSPORT_ERROR_SETTINGS, device, what);
  return what == NULL;
}

gboolean
serial_port_configure (gint fd, const gchar *device, gboolean is_pty, const AmselLineSettings *settings,
                       GError **error)
{
  struct termios2 wanted;
  struct termios2 actual;

  if (settings->data_bits < 5 || settings->data_bits > 8 || settings->stop_bits < 1
      || settings->stop_bits > 2)
    {
      fail (error, AMSEL_TRANSPORT_ERROR_SETTINGS, device,
            "characters have 5 to 8 data and 1 or 2 stop bits");
      return FALSE;
    }
  if (ioctl (fd, TCGETS2, &wanted) < 0)
    {
      fail (error, AMSEL_TRANSPORT_ERROR_SETTINGS, device, g_strerror (errno));
      return FALSE;
    }
  fill_termios (&wanted, settings);
  if (ioctl (fd, TCSETS2, &wanted) < 0 || ioctl (fd, TCGETS2, &actual) < 0)
    {
      fail (error, AMSEL_TRANSPORT_ERROR_SETTINGS, device, g_strerror (errno));
      return FALSE;
    }
  /* a pty carries bytes: it has neither a rate nor parity, and says so in its answer */
  return is_pty || check_termios (&actual, &wanted, device, error);
}

/* Without it a port may keep characters for some milliseconds before it delivers them. */
void
serial_port_set_low_latency (gint fd)
{
  struct serial_struct serial;

  if (ioctl (fd, TIOCGSERIAL, &serial) < 0)
    return; /* a pty, or a device without such a timer */
  serial.flags |= ASYNC_LOW_LATENCY;
  ioctl (fd, TIOCSSERIAL, &serial);
}

gboolean
serial_port_set_rs485 (gint fd, const gchar *device, const SerialRs485 *rs485, GError **error)
{
  struct serial_rs485 wanted = { 0 };

  wanted.flags = SER_RS485_ENABLED;
  if (rs485->rts_on_send)
    wanted.flags |= SER_RS485_RTS_ON_SEND;
  if (rs485->rts_after_send)
    wanted.flags |= SER_RS485_RTS_AFTER_SEND;
  wanted.delay_rts_before_send = rs485->delay_before_ms;
  wanted.delay_rts_after_send = rs485->delay_after_ms;
  if (ioctl (fd, TIOCSRS485, &wanted) == 0)
    return TRUE;
  fail (error, AMSEL_TRANSPORT_ERROR_SETTINGS, device,
        errno == ENOTTY || errno == EINVAL
            ? "the port's driver cannot switch RS-485; leave rs485 out if its hardware does it by itself"
            : g_strerror (errno));
  return FALSE;
}

gsize
serial_port_get_unsent (gint fd)
{
  gint n = 0;

  return ioctl (fd, TIOCOUTQ, &n) == 0 && n > 0 ? (gsize) n : 0;
}

void
serial_port_close (gint fd)
{
  ioctl (fd, TIOCNXCL);
  close (fd);
}
