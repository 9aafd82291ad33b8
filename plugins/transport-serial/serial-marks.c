/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells good characters from damaged ones. With INPCK and PARMRK (termios(3)) a terminal device delivers
 *
 *   FF 00 XX   a character XX with wrong parity or stop bit; XX = 00 is also a break
 *   FF FF      a good character FF
 *   XX         any other good character
 *
 * and a read may end anywhere in these. */
#include "serial-marks.h"

#include <string.h>

#define MARK 0xFF

static const guint8 FF = 0xFF;

/* A byte behind FF, or behind FF 00. */
static SerialMarks
decode_marked (SerialMarks state, const guint8 *byte, SerialMarksFunc callback, gpointer user_data)
{
  if (state == SERIAL_MARKS_DAMAGED)
    {
      callback (TRUE, byte, 1, user_data);
      return SERIAL_MARKS_NONE;
    }
  if (*byte == 0)
    return SERIAL_MARKS_DAMAGED;
  callback (FALSE, &FF, 1, user_data);
  if (*byte != MARK)
    callback (FALSE, byte, 1, user_data); /* no device writes this; what came is passed on as it is */
  return SERIAL_MARKS_NONE;
}

void
serial_marks_decode (SerialMarks *state, const guint8 *data, gsize length, SerialMarksFunc callback,
                     gpointer user_data)
{
  gsize i = 0;

  while (i < length)
    {
      const guint8 *mark;
      gsize run;

      if (*state != SERIAL_MARKS_NONE)
        {
          *state = decode_marked (*state, data + i, callback, user_data);
          i++;
          continue;
        }
      mark = memchr (data + i, MARK, length - i);
      run = mark != NULL ? (gsize) (mark - (data + i)) : length - i;
      if (run > 0)
        callback (FALSE, data + i, run, user_data);
      i += run;
      if (mark != NULL)
        {
          *state = SERIAL_MARKS_FF;
          i++;
        }
    }
}
