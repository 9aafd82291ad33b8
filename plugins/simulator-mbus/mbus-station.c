/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A slave at work.
 *
 * It obeys EN 13757-2 (link layer) and EN 13757-3 (selection, application reset). Telegrams come in readouts:
 * one telegram, or several of which all but the last end with DIF 1F. A request whose frame count bit has not
 * changed is a repetition and gets the last telegram again; any other gets the next one. SND_NKE, a selection
 * and an application reset forget the frame count bit and go back to the beginning of an unfinished readout,
 * so that a reader who begins anew gets it whole. */
#include "mbus-station.h"

#include <string.h>

#include "mbus-fault.h"
#include "mbus-random.h"

/* A slave answers between 11 bits and 330 bits and 50 ms after the request (EN 13757-2, 5.5.2). */
#define LATENCY_MIN_BITS     11
#define LATENCY_MAX_BITS     330
#define LATENCY_MAX_EXTRA_NS (50 * G_GINT64_CONSTANT (1000000))

/* A slave that hears nothing after a change of its baud rate goes back (EN 13757-3 allows 2 to 10 minutes).
 */
#define BAUD_TRIAL_NS (120 * G_GINT64_CONSTANT (1000000000))

/* The CI fields that set the baud rate are B8 (300 Bd) to BF (38400 Bd). */
#define CI_BAUD_FIRST 0xB8
#define CI_BAUD_LAST  0xBF
#define BAUD_FIRST    300

/* CI fields whose multi-byte values come most significant byte first (mode 2). */
#define CI_SEND_MODE2   0x55
#define CI_SELECT_MODE2 0x56

/* Frame count bits are kept for the primary address and for the selection, each on its own. */
enum
{
  MEMORY_PRIMARY,
  MEMORY_SELECTED,
  N_MEMORIES,
};

#define FCB_UNKNOWN (-1)

/* A slave that sleeps stays awake for so long after the preamble, and after what it has heard. */
#define AWAKE_NS (3 * G_GINT64_CONSTANT (1000000000))

#define DAY_NS (86400 * G_GINT64_CONSTANT (1000000000))

/* What comes in place of an acknowledgement: one bit of it turned, with parity to match. */
#define WRONG_ACK 0xA5

#define POSITION_ANY (-1)

struct _MbusStation
{
  MbusSlave *slave;                  /* (owned) */
  const MbusSlaveSettings *settings; /* (unowned): the slave's */
  MbusTelegrams *telegrams;          /* (owned) */
  AmselIdentity identity;
  gboolean has_fabrication;
  guint32 fabrication;
  gboolean identity_given; /* its telegrams must be changed to say it */
  MbusRandom random;
  gint64 busy_until_ns;

  guint baud;
  guint baud_before;    /* 0 unless a change is on trial */
  gint64 baud_trial_ns; /* until when */
  gboolean selected;
  gint fcb[N_MEMORIES];
  GByteArray *last; /* (owned) (nullable): body of the last answer */
  guint position;   /* of the next telegram */
  gint application; /* the only telegram to answer with, or POSITION_ANY */
  guint8 access;    /* number of the next telegram */
  guint n_faults;
  gint64 begin_ns;   /* of the first request on the line; G_MININT64 before */
  gint64 awake_ns;   /* until when it listens without being woken */
  gint64 quota_ns;   /* when the day of the quota began */
  guint n_telegrams; /* new ones since then */
};

static gboolean
settings_name_identity (const MbusSlaveSettings *settings)
{
  return settings->id != NULL || settings->manufacturer != NULL || settings->version >= 0
         || settings->medium != NULL || settings->fabrication != NULL
         || settings->ids != MBUS_NUMBERS_CONSECUTIVE;
}

static guint8
get_first_access (MbusTelegrams *telegrams)
{
  gsize length;
  const guint8 *body;
  gint offset;

  if (mbus_telegrams_get_n (telegrams) == 0)
    return 1;
  body = g_bytes_get_data (mbus_telegrams_get (telegrams, 0)->body, &length);
  offset = mbus_body_get_access_offset (body, length);
  return offset >= 0 ? body[offset] : 0;
}

MbusStation *
mbus_station_new (MbusSlave *slave, MbusTelegrams *telegrams, const MbusSlaveIdentity *identity,
                  guint line_baud, guint64 seed)
{
  MbusStation *self = g_new0 (MbusStation, 1);

  self->slave = g_object_ref (slave);
  self->settings = mbus_slave_get_settings (slave);
  self->telegrams = mbus_telegrams_ref (telegrams);
  self->identity_given = settings_name_identity (self->settings);
  self->identity = identity->identity;
  self->has_fabrication = identity->has_fabrication;
  self->fabrication = identity->fabrication;
  mbus_random_init (&self->random, seed, self->identity.id);
  self->baud = self->settings->baud != 0 ? self->settings->baud : line_baud;
  self->fcb[MEMORY_PRIMARY] = FCB_UNKNOWN;
  self->fcb[MEMORY_SELECTED] = FCB_UNKNOWN;
  self->access = get_first_access (telegrams);
  self->busy_until_ns = G_MININT64;
  self->application = POSITION_ANY;
  self->begin_ns = G_MININT64;
  self->awake_ns = G_MININT64;
  self->quota_ns = G_MININT64;
  return self;
}

void
mbus_station_free (MbusStation *self)
{
  g_clear_object (&self->slave);
  g_clear_pointer (&self->telegrams, mbus_telegrams_unref);
  g_clear_pointer (&self->last, g_byte_array_unref);
  g_free (self);
}

const AmselIdentity *
mbus_station_get_identity (MbusStation *self)
{
  return &self->identity;
}

/* The baud rate that it listens at now. */
guint
mbus_station_get_baud (MbusStation *self, gint64 now_ns)
{
  if (self->baud_before != 0 && now_ns >= self->baud_trial_ns)
    {
      self->baud = self->baud_before;
      self->baud_before = 0;
    }
  return self->baud;
}

gint64
mbus_station_draw_latency_ns (MbusStation *self, guint baud)
{
  gint64 min_ns = self->settings->latency_min_us * 1000;
  gint64 max_ns = self->settings->latency_max_us * 1000;

  if (min_ns == 0)
    min_ns = mbus_wire_bits_to_ns (LATENCY_MIN_BITS, baud);
  if (max_ns == 0)
    max_ns = mbus_wire_bits_to_ns (LATENCY_MAX_BITS, baud) + LATENCY_MAX_EXTRA_NS;
  if (min_ns >= max_ns)
    return self->settings->latency_max_us != 0 ? max_ns : min_ns;
  return min_ns + (gint64) mbus_random_below (&self->random, (guint64) (max_ns - min_ns + 1));
}

/* From a request to the end of its own answer it hears nothing else. */
void
mbus_station_set_busy (MbusStation *self, gint64 until_ns)
{
  self->busy_until_ns = until_ns;
}

gboolean
mbus_station_is_busy (MbusStation *self, gint64 now_ns)
{
  return now_ns < self->busy_until_ns;
}

static guint
get_n_telegrams (MbusStation *self)
{
  return self->settings->generate != MBUS_GENERATE_NONE ? self->settings->parts
                                                        : mbus_telegrams_get_n (self->telegrams);
}

static gboolean
more_follows (MbusStation *self, guint position)
{
  if (self->settings->generate != MBUS_GENERATE_NONE)
    return position + 1 < self->settings->parts;
  return mbus_telegrams_get (self->telegrams, position)->more_follows;
}

/* Goes back to the first telegram of the readout that is under way. */
static void
rewind_readout (MbusStation *self)
{
  while (self->position > 0 && more_follows (self, self->position - 1))
    self->position--;
}

static void
forget (MbusStation *self, guint memory)
{
  self->fcb[memory] = FCB_UNKNOWN;
  rewind_readout (self);
}

/* Writes its identity into the header of a telegram that may say something else. */
static void
put_identity (MbusStation *self, GByteArray *body)
{
  const AmselIdentity *identity = &self->identity;
  guint8 ci = body->data[MBUS_BODY_CI];
  gboolean reversed = ci == MBUS_CI_RESPONSE_MODE2;

  if ((ci != MBUS_CI_RESPONSE && !reversed) || body->len < MBUS_BODY_ACCESS)
    return;
  for (guint i = 0; i < 4; i++)
    body->data[MBUS_BODY_ID + (reversed ? 3 - i : i)] = (guint8) (identity->id >> (8 * i));
  for (guint i = 0; i < 2; i++)
    body->data[MBUS_BODY_MANUFACTURER + (reversed ? 1 - i : i)] =
        (guint8) (identity->manufacturer >> (8 * i));
  body->data[MBUS_BODY_VERSION] = identity->version;
  body->data[MBUS_BODY_MEDIUM] = identity->medium;
  if (self->settings->fabrication != NULL)
    {
      gint at = mbus_body_get_fabrication_offset (body->data, body->len);

      for (guint i = 0; at >= 0 && i < 4; i++)
        body->data[(guint) at + i] = (guint8) (self->fabrication >> (8 * i));
    }
}

static GByteArray *
make_body (MbusStation *self, gint64 real_us)
{
  const MbusSlaveSettings *settings = self->settings;
  GByteArray *body;
  GBytes *stored;
  gsize length;
  const guint8 *data;

  if (settings->generate != MBUS_GENERATE_NONE)
    return mbus_generate (settings->generate, &self->identity, self->position, settings->parts,
                          settings->length, real_us);
  stored = mbus_telegrams_get (self->telegrams, self->position)->body;
  data = g_bytes_get_data (stored, &length);
  body = g_byte_array_sized_new ((guint) length);
  g_byte_array_append (body, data, (guint) length);
  if (self->identity_given)
    put_identity (self, body);
  return body;
}

/* Makes the next telegram the last one. */
static void
take_next_telegram (MbusStation *self, gint64 real_us)
{
  GByteArray *body;
  gint access;

  if (self->application != POSITION_ANY)
    self->position = (guint) self->application;
  body = make_body (self, real_us);
  access = mbus_body_get_access_offset (body->data, body->len);
  body->data[MBUS_BODY_A] = (guint8) self->identity.address;
  if (access >= 0)
    body->data[access] = self->access;
  self->access++;
  self->position = (self->position + 1) % get_n_telegrams (self);
  g_clear_pointer (&self->last, g_byte_array_unref);
  self->last = body;
}

static GArray *
answer_ack (MbusStation *self)
{
  const MbusWireWord word =
      mbus_wire_encode (self->settings->fault == MBUS_SLAVE_FAULT_WRONG_ACK ? WRONG_ACK : MBUS_ACK);
  GArray *words = g_array_new (FALSE, FALSE, sizeof (MbusWireWord));

  g_array_append_val (words, word);
  return words;
}

static GArray *
answer_telegram (MbusStation *self)
{
  const MbusSlaveSettings *settings = self->settings;
  MbusSlaveFault fault = settings->fault;

  if (settings->fault_limit != 0 && self->n_faults >= settings->fault_limit)
    fault = MBUS_SLAVE_FAULT_NONE;
  if (fault != MBUS_SLAVE_FAULT_NONE && !mbus_random_happens (&self->random, settings->fault_rate))
    fault = MBUS_SLAVE_FAULT_NONE;
  if (fault != MBUS_SLAVE_FAULT_NONE)
    self->n_faults++;
  return mbus_fault_encode (self->last->data, self->last->len, fault, &self->random);
}

/* Whether it may send one more new telegram today. */
static gboolean
spend_quota (MbusStation *self, gint64 now_ns)
{
  if (self->settings->quota == 0)
    return TRUE;
  if (self->quota_ns == G_MININT64 || now_ns - self->quota_ns >= DAY_NS)
    {
      self->quota_ns = now_ns;
      self->n_telegrams = 0;
    }
  return self->n_telegrams++ < self->settings->quota;
}

static GArray *
hear_request (MbusStation *self, guint memory, guint8 c, gint64 now_ns, gint64 real_us)
{
  gint fcb = (c & MBUS_C_FCB) != 0;

  if (self->settings->fault == MBUS_SLAVE_FAULT_ONLY_ACKS
      || self->settings->fault == MBUS_SLAVE_FAULT_WRONG_ACK)
    return NULL;
  if ((c & MBUS_C_FCV) == 0)
    forget (self, memory);
  else if (self->fcb[memory] == fcb && self->last != NULL)
    return answer_telegram (self);
  else
    self->fcb[memory] = fcb;
  if (!spend_quota (self, now_ns))
    {
      g_clear_pointer (&self->last, g_byte_array_unref);
      return NULL;
    }
  take_next_telegram (self, real_us);
  return answer_telegram (self);
}

/* Compares eight digits, the lowest first, with those of a number: F stands for any digit. */
static gboolean
number_matches (guint32 number, const guint8 *data, gboolean reversed)
{
  for (guint i = 0; i < 8; i++)
    {
      guint digit = data[reversed ? 3 - i / 2 : i / 2] >> (4 * (i & 1)) & 15;

      if (digit != 15 && digit != (number >> (4 * i) & 15))
        return FALSE;
    }
  return TRUE;
}

/* Compares a selection with the identity: FF stands for any byte behind the number. */
static gboolean
matches (MbusStation *self, const guint8 *data, gboolean reversed)
{
  const AmselIdentity *identity = &self->identity;

  if (!number_matches (identity->id, data, reversed))
    return FALSE;
  for (guint i = 0; i < 2; i++)
    {
      guint8 byte = data[reversed ? 5 - i : 4 + i];

      if (byte != 0xFF && byte != (identity->manufacturer >> (8 * i) & 0xFF))
        return FALSE;
    }
  return (data[6] == 0xFF || data[6] == identity->version)
         && (data[7] == 0xFF || data[7] == identity->medium);
}

/* Enhanced selection, EN 13757-7 clause 7.4: the fabrication number follows as a record. A slave that has
 * none does not know the record and stays unselected. */
static gboolean
fabrication_matches (MbusStation *self, const MbusFrame *frame, gboolean reversed)
{
  const guint8 *record = frame->data + MBUS_SELECTION_LENGTH;

  if (frame->data_length == MBUS_SELECTION_LENGTH)
    return TRUE;
  return frame->data_length == MBUS_SELECTION_LENGTH + 6 && self->has_fabrication && record[0] == 0x0C
         && record[1] == 0x78 && number_matches (self->fabrication, record + 2, reversed);
}

static gboolean
hear_selection (MbusStation *self, const MbusFrame *frame)
{
  gboolean reversed = frame->ci == CI_SELECT_MODE2;

  self->selected = frame->data_length >= MBUS_SELECTION_LENGTH && matches (self, frame->data, reversed)
                   && fabrication_matches (self, frame, reversed);
  if (self->selected)
    forget (self, MEMORY_SELECTED);
  return self->selected;
}

/* Data that configure the slave: primary address (01 7A) and identification number (0C 79). */
static void
hear_data (MbusStation *self, const MbusFrame *frame)
{
  AmselCursor cursor;
  guint8 dif;
  guint8 vif;
  guint8 address;

  amsel_cursor_init (&cursor, frame->data, frame->data_length);
  while (amsel_cursor_u8 (&cursor, &dif) && amsel_cursor_u8 (&cursor, &vif))
    {
      if (dif == 0x01 && vif == 0x7A && amsel_cursor_u8 (&cursor, &address))
        {
          if (address <= MBUS_ADDRESS_LAST)
            self->identity.address = address;
        }
      else if (dif == 0x0C && vif == 0x79 && amsel_cursor_u32_le (&cursor, &self->identity.id))
        self->identity_given = TRUE;
      else
        return;
    }
}

static void
hear_baud (MbusStation *self, guint8 ci, gint64 now_ns)
{
  if (self->baud_before == 0)
    self->baud_before = self->baud;
  self->baud = BAUD_FIRST << (ci - CI_BAUD_FIRST);
  self->baud_trial_ns = now_ns + BAUD_TRIAL_NS;
}

/* An application reset begins a readout anew; its subcode may choose the telegram, EN 13757-3 clause 7. */
static void
hear_application_reset (MbusStation *self, const MbusFrame *frame)
{
  gchar **applications = self->settings->applications;
  guint8 subcode;

  rewind_readout (self);
  self->application = POSITION_ANY;
  for (guint i = 0; frame->data_length > 0 && applications != NULL && applications[i] != NULL; i++)
    if (mbus_slave_parse_application (applications[i], &subcode) && subcode == frame->data[0])
      {
        self->application = (gint) i;
        return;
      }
}

static void
hear_command (MbusStation *self, const MbusFrame *frame, gint64 now_ns)
{
  switch (frame->ci)
    {
    case MBUS_CI_RESET:
      hear_application_reset (self, frame);
      break;
    case MBUS_CI_SEND:
    case CI_SEND_MODE2:
      hear_data (self, frame);
      break;
    default:
      if (frame->ci >= CI_BAUD_FIRST && frame->ci <= CI_BAUD_LAST)
        hear_baud (self, frame->ci, now_ns);
    }
}

static void
hear_reset (MbusStation *self, guint8 address)
{
  if (address == MBUS_ADDRESS_SELECTED || address == MBUS_ADDRESS_BROADCAST)
    {
      self->selected = FALSE;
      forget (self, MEMORY_SELECTED);
    }
  if (address != MBUS_ADDRESS_SELECTED)
    forget (self, MEMORY_PRIMARY);
}

static gboolean
is_addressed (MbusStation *self, guint8 address)
{
  if (address == MBUS_ADDRESS_SELECTED)
    return self->selected;
  return address == self->identity.address || address == MBUS_ADDRESS_TEST
         || address == MBUS_ADDRESS_BROADCAST;
}

/* The answer without regard to whether the slave is in the mood for one. */
static GArray *
respond (MbusStation *self, const MbusFrame *frame, gint64 now_ns, gint64 real_us)
{
  guint memory = frame->a == MBUS_ADDRESS_SELECTED ? MEMORY_SELECTED : MEMORY_PRIMARY;

  switch (frame->c & (guint8) ~(MBUS_C_FCB | MBUS_C_FCV))
    {
    case MBUS_C_SND_NKE:
      hear_reset (self, frame->a);
      return answer_ack (self);
    case MBUS_C_SND_UD & ~MBUS_C_FCV:
      if (frame->kind != MBUS_FRAME_KIND_LONG)
        return NULL;
      hear_command (self, frame, now_ns);
      return answer_ack (self);
    case MBUS_C_REQ_UD2 & ~MBUS_C_FCV:
      /* what nobody may answer must not use up a telegram */
      return frame->a == MBUS_ADDRESS_BROADCAST ? NULL
                                                : hear_request (self, memory, frame->c, now_ns, real_us);
    case MBUS_C_REQ_UD1 & ~MBUS_C_FCV:
      /* no alarm, so nothing of class 1 */
      return answer_ack (self);
    default:
      return NULL;
    }
}

static gboolean
is_selection (const MbusFrame *frame)
{
  return frame->kind == MBUS_FRAME_KIND_LONG && frame->a == MBUS_ADDRESS_SELECTED
         && (frame->ci == MBUS_CI_SELECT || frame->ci == CI_SELECT_MODE2)
         && (frame->c & (guint8) ~(MBUS_C_FCB | MBUS_C_FCV)) == (MBUS_C_SND_UD & ~MBUS_C_FCV);
}

static gboolean
is_away (MbusStation *self, gint64 now_ns)
{
  const MbusSlaveSettings *settings = self->settings;
  gint64 since_ns;

  if (settings->away_after_us == 0)
    return FALSE;
  if (self->begin_ns == G_MININT64)
    self->begin_ns = now_ns;
  since_ns = now_ns - self->begin_ns - settings->away_after_us * 1000;
  return since_ns >= 0 && (settings->away_for_us == 0 || since_ns < settings->away_for_us * 1000);
}

/* It was sent 55h for so long up to now. */
void
mbus_station_hear_preamble (MbusStation *self, gint64 length_ns, gint64 now_ns)
{
  if (self->settings->wake_up_us > 0 && length_ns >= self->settings->wake_up_us * 1000)
    self->awake_ns = now_ns + AWAKE_NS;
}

/* Gives a frame of the master to the slave. Returns the characters of its answer, or NULL where it has none.
 */
GArray *
mbus_station_hear (MbusStation *self, const MbusFrame *frame, gint64 now_ns, gint64 real_us)
{
  GArray *answer = NULL;

  if (is_away (self, now_ns) || (self->settings->wake_up_us > 0 && now_ns > self->awake_ns))
    return NULL;
  self->awake_ns = now_ns + AWAKE_NS;
  if (self->baud_before != 0 && now_ns < self->baud_trial_ns)
    self->baud_before = 0; /* it has heard its master at the new baud rate, which stays */
  if (is_selection (frame))
    answer = hear_selection (self, frame) ? answer_ack (self) : NULL;
  else if (is_addressed (self, frame->a))
    answer = respond (self, frame, now_ns, real_us);
  if (answer != NULL
      && (frame->a == MBUS_ADDRESS_BROADCAST || mbus_random_happens (&self->random, self->settings->drop)))
    g_clear_pointer (&answer, g_array_unref);
  return answer;
}
