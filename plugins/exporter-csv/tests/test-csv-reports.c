/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Value reports, byte for byte: from telegrams and rows of real ones that are public, and the times at which
 * they are made. And JSON lines of the same telegrams. */
#include <amsel.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "csv-exporter.h"
#include "csv-samples.h"
#include "mbus-protocol.h"
#include "test-clock.h"

/* 2016-06-06 14:26:14 UTC, 16:26:14 in Prague */
#define MADE_US (G_GINT64_CONSTANT (1465223174) * G_USEC_PER_SEC)
/* 12 seconds before */
#define READ_US (MADE_US - 12 * G_USEC_PER_SEC)

/* the telegrams of the documentation of 2N SmartCom PRO, and of Elvaco's template 2001 */
#define WATER_WHOLE                                                                                          \
  "0800726817030865329906AF0000000C13022000000B22746404046D0511E81C326C00000C786817030806FD0C0A000100FA010D" \
  "FD0B05313248465701FD0E004C1374180000426CDF1C0F37FD170000000000000000027A250202782502"
#define ELECTRICITY                                                                                          \
  "0801721604021592B00102090000000C04790200008C1004790200008C2004000000001C04660300009C1004660300009C200400" \
  "0000002C0487000000AC100487000000AC200400000000"
#define GAS "08147268710405AC484103470000000C1480769604046DBA092E1A426C2A194C140000000042EC7E3F1C0FC010010C"

typedef struct
{
  gchar *folder;           /* (owned) */
  TestClock *clock;        /* (owned) */
  AmselExporter *exporter; /* (owned) */
  gchar *state;            /* (owned) (nullable) */
  GPtrArray *readouts;     /* (owned) (element-type AmselReadout) */
} Rig;

static void
rig_init (Rig *self, const gchar *profile, const gchar *first_property, ...)
{
  GEnumClass *profiles;
  va_list args;

  self->folder = sample_make_folder ();
  self->clock = test_clock_new (MADE_US);
  self->state = NULL;
  self->readouts = g_ptr_array_new_with_free_func ((GDestroyNotify) amsel_readout_unref);
  self->exporter = g_object_new (CSV_TYPE_EXPORTER, "name", "out", "directory", self->folder, "sync", FALSE,
                                 "line-end", 2, "every", (gint64) 0, NULL);
  profiles = g_type_class_ref (G_PARAM_SPEC_VALUE_TYPE (
      g_object_class_find_property (G_OBJECT_GET_CLASS (self->exporter), "profile")));
  g_object_set (self->exporter, "profile", g_enum_get_value_by_nick (profiles, profile)->value, NULL);
  g_type_class_unref (profiles);
  va_start (args, first_property);
  g_object_set_valist (G_OBJECT (self->exporter), first_property, args);
  va_end (args);
  amsel_exporter_set_clock (self->exporter, AMSEL_CLOCK (self->clock));
}

static void
rig_clear (Rig *self)
{
  g_object_unref (self->exporter);
  g_object_unref (self->clock);
  g_ptr_array_unref (self->readouts);
  g_free (self->state);
  sample_remove_folder (self->folder);
  g_free (self->folder);
}

static void
start (Rig *self)
{
  g_autoptr (GError) error = NULL;

  amsel_exporter_start (self->exporter, self->state, &error);
  g_assert_no_error (error);
}

/* Exports and commits; what had to wait for that is left out where the program is to crash there. */
static void
deliver (Rig *self, gboolean to_the_end)
{
  g_autoptr (GError) error = NULL;
  gchar *state = NULL;

  amsel_exporter_export (self->exporter, self->readouts, &state, NULL, &error);
  g_assert_no_error (error);
  g_free (self->state);
  self->state = state;
  g_ptr_array_set_size (self->readouts, 0);
  if (to_the_end)
    amsel_exporter_committed (self->exporter, &error);
  g_assert_no_error (error);
}

static AmselReadout *
make_readout (const gchar *line, const gchar *meter, gint64 time_us, AmselTelegram **telegrams, gsize n,
              AmselQuality quality)
{
  AmselReadoutInfo info = { .pipeline = "house",
                            .line = line,
                            .meter = meter,
                            .protocol = "mbus",
                            .end_us = time_us,
                            .attempts = 1,
                            .quality = quality };

  if (quality == AMSEL_QUALITY_NO_READING)
    {
      info.error_domain = "mbus-read";
      info.error_code = 131078;
      info.error_message = "meter 7: no answer; none at all";
    }
  return amsel_readout_new (&info, telegrams, n, 1);
}

/* A telegram from the C field on, as a frame with all that is around it. */
static AmselTelegram *
decode_at (const gchar *hex, gint64 received_us)
{
  g_autoptr (AmselProtocol) protocol = g_object_new (MBUS_TYPE_PROTOCOL, NULL);
  g_autoptr (AmselFrame) frame = NULL;
  g_autoptr (GError) error = NULL;
  AmselTelegram *telegram;
  guint8 bytes[262] = { 0 };
  gsize n = strlen (hex) / 2;

  bytes[0] = bytes[3] = 0x68;
  bytes[1] = bytes[2] = (guint8) n;
  bytes[n + 5] = 0x16;
  for (gsize i = 0; i < n; i++)
    {
      bytes[4 + i] =
          (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
      bytes[n + 4] = (guint8) (bytes[n + 4] + bytes[4 + i]);
    }
  frame = amsel_frame_new (bytes, n + 6, received_us, AMSEL_RSSI_UNKNOWN);
  telegram = amsel_protocol_decode (protocol, frame, NULL, &error);
  g_assert_no_error (error);
  return telegram;
}

static AmselTelegram *
decode (const gchar *hex)
{
  return decode_at (hex, 0);
}

static void
add_telegram (Rig *self, const gchar *line, const gchar *meter, gint64 time_us, const gchar *hex)
{
  g_autoptr (AmselTelegram) telegram = decode (hex);

  g_ptr_array_add (self->readouts, make_readout (line, meter, time_us, &telegram, 1, AMSEL_QUALITY_GOOD));
}

static void
add_both (Rig *self)
{
  add_telegram (self, "50-0663-0027", "water", READ_US, WATER_WHOLE);
  add_telegram (self, "50-0663-0027", "electricity", READ_US + G_USEC_PER_SEC, ELECTRICITY);
}

static void
assert_file (Rig *self, const gchar *name, const gchar *expected)
{
  g_autofree gchar *text = sample_read (self->folder, name);

  if (text == NULL)
    {
      g_autofree gchar *names = sample_list (self->folder);

      g_test_message ("no %s, but %s", name, names);
    }
  g_assert_cmpstr (text, ==, expected);
}

/* ------------------------------------------------------------------- the reports */

#define BASIC    "#serial-number;device-identification;created;value-data-count;"
#define EXTENDED "manufacturer;version;device-type;access-number;status;signature;"
#define WATER_NAMES                                                                                          \
  "volume,m3,inst-value,0,0,0;on-time,hour(s),inst-value,0,0,0;datetime,,inst-value,0,0,0;"                  \
  "date,,err-value,0,0,0;fabrication-no,,inst-value,0,0,0;model-version,,inst-value,0,0,0;"                  \
  "parameter-set,,inst-value,0,0,0;firmware-version,,inst-value,0,0,0;volume,m3,inst-value,0,0,1;"           \
  "date,,inst-value,0,0,1;manufacturer-specific,,inst-value,0,0,0\n"
#define WATER_VALUES                                                                                         \
  "2,002;46474;2015-12-08 17:05:00;;8031768;2173253517322;WFH21;0;1,874;2014-12-31 00:00:00;"                \
  "37FD170000000000000000027A250202782502\n"
#define ELECTRICITY_NAMES                                                                                    \
  "energy,Wh,inst-value,0,0,0;energy,Wh,inst-value,1,0,0;energy,Wh,inst-value,2,0,0;"                        \
  "energy,Wh,max-value,0,0,0;energy,Wh,max-value,1,0,0;energy,Wh,max-value,2,0,0;"                           \
  "energy,Wh,min-value,0,0,0;energy,Wh,min-value,1,0,0;energy,Wh,min-value,2,0,0\n"
#define ELECTRICITY_VALUES "2790;2790;0;3660;3660;0;870;870;0\n"

static void
test_3104 (void)
{
  g_autofree gchar *names = NULL;
  Rig rig;

  rig_init (&rig, "3104", "zone", "Europe/Prague", NULL);
  start (&rig);
  add_both (&rig);
  g_ptr_array_add (rig.readouts, make_readout ("50-0663-0027", "7", READ_US + 2 * G_USEC_PER_SEC, NULL, 0,
                                               AMSEL_QUALITY_NO_READING));
  deliver (&rig, TRUE);
  assert_file (&rig, "2016_06/8031768_50-0663-0027_valuereport_20160606162614_3104.csv",
               BASIC EXTENDED WATER_NAMES
               "50-0663-0027;08031768;2016-06-06 16:26:02;00;LSE;153;hot water;175;0;0;" WATER_VALUES);
  assert_file (&rig, "2016_06/15020416_50-0663-0027_valuereport_20160606162614_3104.csv",
               BASIC EXTENDED ELECTRICITY_NAMES
               "50-0663-0027;15020416;2016-06-06 16:26:03;00;LDR;1;electricity;9;0;0;" ELECTRICITY_VALUES);
  assert_file (&rig, "2016_06/50-0663-0027.txt",
               "2016-06-06 16:26:04;7;no-reading;mbus-read 131078;meter 7: no answer  none at all\n"
               "2016-06-06 16:26:14;report;2 read;1 failed\n");
  /* the log goes on, reports do not */
  test_clock_set_real (rig.clock, MADE_US + 60 * G_USEC_PER_SEC);
  add_telegram (&rig, "50-0663-0027", "water", READ_US, WATER_WHOLE);
  deliver (&rig, TRUE);
  assert_file (&rig, "2016_06/50-0663-0027.txt",
               "2016-06-06 16:26:04;7;no-reading;mbus-read 131078;meter 7: no answer  none at all\n"
               "2016-06-06 16:26:14;report;2 read;1 failed\n2016-06-06 16:27:14;report;1 read;0 failed\n");
  rig_clear (&rig);
}

/* all meters in one file: the header comes again where the columns change, and only there */
static void
test_2101 (void)
{
  Rig rig;

  rig_init (&rig, "2101", "serial", "0006123456", NULL);
  start (&rig);
  add_both (&rig);
  add_telegram (&rig, "cellar", "electricity", READ_US + 2 * G_USEC_PER_SEC, ELECTRICITY);
  deliver (&rig, TRUE);
  assert_file (&rig, "0006123456_valuereport_20160606142614_2101.csv",
               BASIC WATER_NAMES
               "0006123456;08031768;2016-06-06 14:26:02;00;" WATER_VALUES BASIC ELECTRICITY_NAMES
               "0006123456;15020416;2016-06-06 14:26:03;00;" ELECTRICITY_VALUES
               "0006123456;15020416;2016-06-06 14:26:04;00;" ELECTRICITY_VALUES);
  rig_clear (&rig);
}

static void
test_2109 (void)
{
  Rig rig;

  rig_init (&rig, "2109", NULL);
  start (&rig);
  add_both (&rig);
  deliver (&rig, TRUE);
  assert_file (&rig, "50-0663-0027_08031768_valuereport_20160606142614_2109.csv",
               BASIC WATER_NAMES "50-0663-0027;08031768;2016-06-06 14:26:02;00;" WATER_VALUES);
  assert_file (&rig, "50-0663-0027_15020416_valuereport_20160606142614_2109.csv",
               BASIC ELECTRICITY_NAMES "50-0663-0027;15020416;2016-06-06 14:26:03;00;" ELECTRICITY_VALUES);
  rig_clear (&rig);
}

static void
test_2112 (void)
{
  Rig rig;

  /* its decimal mark was seen as a point too */
  rig_init (&rig, "2112", "decimal-mark", 1, NULL);
  start (&rig);
  add_telegram (&rig, "0016044252", "position 3", READ_US, GAS);
  deliver (&rig, TRUE);
  assert_file (
      &rig, "0016044252_valuereport_20160606142614_2112.csv",
      "#serial-number;device-position;device-identification;created;value-data-count;" EXTENDED
      "volume,m3,inst-value,0,0,0;datetime,,inst-value,0,0,0;date,,inst-value,0,0,1;"
      "volume,m3,inst-value,0,0,1;date future,,inst-value,0,0,1;manufacturer-specific,,inst-value,0,0,0\n"
      "0016044252;position 3;05047168;2016-06-06 14:26:02;00;REL;65;gas;71;0;0;"
      "49676.80;;2009-09-10 00:00:00;0.00;2009-12-31 00:00:00;C010010C\n");
  rig_clear (&rig);
}

/* the row that the gateway's maker documents */
static void
test_raw (gconstpointer profile)
{
  g_autofree gchar *name =
      g_strdup_printf ("00000161_installreport_20160606142614_%s.csv", (const gchar *) profile);
  Rig rig;

  rig_init (&rig, profile, NULL);
  start (&rig);
  add_telegram (&rig, "00000161", "gas", G_GINT64_CONSTANT (1261008000) * G_USEC_PER_SEC, GAS);
  deliver (&rig, TRUE);
  assert_file (
      &rig, name,
      "00000161;05047168;2009-12-17 00:00:00;00;08147268710405ac484103470000000c1480769604046dba092e1a42"
      "6c2a194c140000000042ec7e3f1c0fc010010c\n");
  rig_clear (&rig);
}

/* ------------------------------------------------------------------- a row of a real gateway */

typedef struct
{
  AmselQuantity quantity;
  AmselUnit unit;
  gint64 mantissa;
  gint exponent;
  guint function; /* 0 for instantaneous */
  guint subunit;
  guint storage;
  guint manufacturer; /* modifier + 1: a code that only the manufacturer knows */
} Value;

#define ENERGY   AMSEL_QUANTITY_ENERGY, AMSEL_UNIT_WH
#define VOLUME   AMSEL_QUANTITY_VOLUME, AMSEL_UNIT_M3
#define SPECIFIC AMSEL_QUANTITY_MANUFACTURER_SPECIFIC, AMSEL_UNIT_NONE
#define FLOW     AMSEL_QUANTITY_VOLUME_FLOW, AMSEL_UNIT_M3_PER_H
#define ON_TIME  AMSEL_QUANTITY_ON_TIME, AMSEL_UNIT_S
#define POWER    AMSEL_QUANTITY_POWER, AMSEL_UNIT_W
#define MAXIMUM  AMSEL_FUNCTION_MAXIMUM

static const Value KAMSTRUP[] = {
  { ENERGY, 4138000, 0 },
  { ENERGY, 1302000, 0, 0, 0, 0, 0x02 + 1 },
  { SPECIFIC, 29466, 0, 0, 0, 0, 0x07 + 1 },
  { SPECIFIC, 27001, 0, 0, 0, 0, 0x08 + 1 },
  { VOLUME, 959160, -3 },
  { VOLUME, 1736220, -3, 0, 1 },
  { VOLUME, 0, -3, 0, 2 },
  { ON_TIME, 42421 * 3600, 0 },
  { ON_TIME, 5 * 3600, 0, AMSEL_FUNCTION_ERROR },
  { AMSEL_QUANTITY_FLOW_TEMPERATURE, AMSEL_UNIT_CEL, 14410, -3 },
  { AMSEL_QUANTITY_RETURN_TEMPERATURE, AMSEL_UNIT_CEL, 15710, -3 },
  { AMSEL_QUANTITY_TEMPERATURE_DIFFERENCE, AMSEL_UNIT_K, -1300, -3 },
  { POWER, 0, 0 },
  { POWER, 0, 0, MAXIMUM },
  { FLOW, 0, -3 },
  { FLOW, 0, -3, MAXIMUM },
  { SPECIFIC, 0, 0, 0, 0, 0, 0x22 + 1 },
  { AMSEL_QUANTITY_DATE_TIME, AMSEL_UNIT_NONE, 0, 0 },
  { ENERGY, 4138000, 0, 0, 0, 1 },
  { ENERGY, 1302000, 0, 0, 0, 1, 0x02 + 1 },
  { SPECIFIC, 29466, 0, 0, 0, 1, 0x07 + 1 },
  { SPECIFIC, 27001, 0, 0, 0, 1, 0x08 + 1 },
  { VOLUME, 959160, -3, 0, 0, 1 },
  { VOLUME, 1735320, -3, 0, 1, 1 },
  { VOLUME, 0, -3, 0, 2, 1 },
  { POWER, -3300, 0, MAXIMUM, 0, 1 },
  { FLOW, 561, -3, MAXIMUM, 0, 1 },
  { AMSEL_QUANTITY_DATE, AMSEL_UNIT_NONE, 0, 0, 0, 0, 1 },
  { SPECIFIC, 6658, 0, 0, 0, 0, 0x1A + 1 },
  { AMSEL_QUANTITY_FABRICATION_NUMBER, AMSEL_UNIT_NONE, 72569463, 0 },
  { SPECIFIC, 2000102, 0, 0, 0, 0, 0x16 + 1 },
  { SPECIFIC, 11851201, 0, 0, 0, 0, 0x17 + 1 },
};

static void
fill_record (AmselRecord *record, const Value *value)
{
  record->quantity = value->quantity;
  record->unit = value->unit;
  record->function = value->function != 0 ? value->function : AMSEL_FUNCTION_INSTANTANEOUS;
  record->subunit = value->subunit;
  record->storage = value->storage;
  record->dif_length = 1;
  record->vif_length = 1;
  if (value->manufacturer != 0)
    {
      if (value->quantity == AMSEL_QUANTITY_ENERGY)
        record->modifiers[record->n_modifiers++] = AMSEL_MODIFIER (COMBINABLE, 0x7F);
      record->modifiers[record->n_modifiers++] = AMSEL_MODIFIER (MANUFACTURER, value->manufacturer - 1);
    }
  record->kind = AMSEL_VALUE_DECIMAL;
  amsel_decimal_set (&record->decimal, value->mantissa, value->exponent);
  if (value->quantity != AMSEL_QUANTITY_DATE && value->quantity != AMSEL_QUANTITY_DATE_TIME)
    return;
  record->kind = AMSEL_VALUE_DATE;
  record->date = (AmselDate){ 2026, 10, 1, 20, 56, 0, AMSEL_DATE_DAY };
  if (value->quantity == AMSEL_QUANTITY_DATE_TIME)
    record->date.parts |= AMSEL_DATE_MINUTE;
}

static void
test_3115 (void)
{
  static const guint8 hours[] = { 0x0C, 0x22 }; /* what the meter counts its time in */
  g_autoptr (AmselFrame) frame = amsel_frame_new (hours, sizeof hours, 0, AMSEL_RSSI_UNKNOWN);
  g_autoptr (AmselTelegram) telegram = amsel_telegram_new (frame, G_N_ELEMENTS (KAMSTRUP));
  AmselTelegramHeader *header = amsel_telegram_edit_header (telegram);
  Rig rig;

  amsel_telegram_take_payload (telegram, g_memdup2 (hours, sizeof hours), sizeof hours);
  header->identity = (AmselIdentity){ 0x72569463, amsel_manufacturer_parse ("KAM"), 52, 0x0D, 63 };
  header->access_number = 32;
  for (guint i = 0; i < G_N_ELEMENTS (KAMSTRUP); i++)
    fill_record (amsel_telegram_add_record (telegram), &KAMSTRUP[i]);
  rig_init (&rig, "3115", "encoding", "utf-8", NULL);
  test_clock_set_real (rig.clock, G_GINT64_CONSTANT (1790886356) * G_USEC_PER_SEC);
  start (&rig);
  g_ptr_array_add (rig.readouts,
                   make_readout ("0016045167", "0A", G_GINT64_CONSTANT (1790884800) * G_USEC_PER_SEC,
                                 &telegram, 1, AMSEL_QUALITY_GOOD));
  deliver (&rig, TRUE);
  assert_file (
      &rig, "0016045167_valuereport_20261001202556_3115.csv",
      "#serial-number;device-position;primary-address;device-identification;created;value-data-count;"
      "manufacturer;version;device-type;access-number;status;signature;energy,Wh,inst-value,0,0,0;energy "
      "manufacturer-specific-02,Wh,inst-value,0,0,0;manufacturer-specific-ff-07,,inst-value,0,0,0;"
      "manufacturer-specific-ff-08,,inst-value,0,0,0;volume,m3,inst-value,0,0,0;volume,m3,inst-value,0,1,0;"
      "volume,m3,inst-value,0,2,0;on-time,hour(s),inst-value,0,0,0;on-time,hour(s),err-value,0,0,0;"
      "flow-temp,°C,inst-value,0,0,0;return-temp,°C,inst-value,0,0,0;diff-temp,K,inst-value,0,0,0;"
      "power,W,inst-value,0,0,0;power,W,max-value,0,0,0;volume-flow,m3/h,inst-value,0,0,0;"
      "volume-flow,m3/h,max-value,0,0,0;manufacturer-specific-ff-22,,inst-value,0,0,0;"
      "datetime,,inst-value,0,0,0;energy,Wh,inst-value,0,0,1;energy "
      "manufacturer-specific-02,Wh,inst-value,0,0,1;manufacturer-specific-ff-07,,inst-value,0,0,1;"
      "manufacturer-specific-ff-08,,inst-value,0,0,1;volume,m3,inst-value,0,0,1;volume,m3,inst-value,0,1,1;"
      "volume,m3,inst-value,0,2,1;power,W,max-value,0,0,1;volume-flow,m3/h,max-value,0,0,1;"
      "date,,inst-value,0,0,1;manufacturer-specific-ff-1a,,inst-value,0,0,0;fabrication-no,,inst-value,0,0,0;"
      "manufacturer-specific-ff-16,,inst-value,0,0,0;manufacturer-specific-ff-17,,inst-value,0,0,0\n"
      "0016045167;0A;63;72569463;2026-10-01 20:00:00;00;KAM;52;heat/cooling "
      "load;32;0;0;4138000;1302000;29466;"
      "27001;959,160;1736,220;0,000;42421;5;14,410;15,710;-1,300;0;0;0,000;0,000;0;2026-10-01 "
      "20:56:00;4138000;"
      "1302000;29466;27001;959,160;1735,320;0,000;-3300;0,561;2026-10-01 00:00:00;6658;72569463;2000102;"
      "11851201\n");
  rig_clear (&rig);
}

/* ------------------------------------------------------------------- words and characters */

static void
test_latin_1 (void)
{
  SampleValue value = { AMSEL_QUANTITY_FLOW_TEMPERATURE, AMSEL_UNIT_CEL, 215, -1 };
  g_autofree gchar *text = NULL;
  Rig rig;

  rig_init (&rig, "2101", "line-end", 1, NULL);
  start (&rig);
  g_ptr_array_add (rig.readouts, sample_readout ("a", READ_US, 1, &value, 1));
  deliver (&rig, TRUE);
  text = sample_read (rig.folder, "cellar_valuereport_20160606142614_2101.csv");
  g_assert_nonnull (text);
  g_assert_nonnull (strstr (text, ";flow-temp,\260C,inst-value,0,0,0\r\n"));
  g_assert_nonnull (strstr (text, ";21,5\r\n"));
  rig_clear (&rig);
}

/* ------------------------------------------------------------------- when they are made */

static void
test_every (void)
{
  g_autofree gchar *names = NULL;
  Rig rig;

  rig_init (&rig, "2109", "every", (gint64) 15 * G_TIME_SPAN_MINUTE, "linger", (gint64) 10 * G_USEC_PER_SEC,
            "file", "{meter}_{made}.csv", NULL);
  start (&rig);
  deliver (&rig, TRUE);
  g_assert_cmpint (amsel_exporter_get_deadline_us (rig.exporter), ==, 0);
  g_ptr_array_add (rig.readouts, sample_volume ("a", READ_US, 1, 1));
  deliver (&rig, TRUE);
  /* 14:30 and 10 seconds */
  g_assert_cmpint (amsel_exporter_get_deadline_us (rig.exporter), ==,
                   MADE_US + (3 * 60 + 46 + 10) * G_USEC_PER_SEC);
  test_clock_set_real (rig.clock, MADE_US + (3 * 60 + 46 + 9) * G_USEC_PER_SEC);
  g_ptr_array_add (rig.readouts, sample_volume ("b", READ_US, 2, 2));
  deliver (&rig, TRUE);
  names = sample_list (rig.folder);
  g_assert_cmpstr (names, ==, ".out.reports");
  /* a program that was down at that time makes it when it is back, with all that came since the last */
  amsel_exporter_stop (rig.exporter);
  test_clock_set_real (rig.clock, MADE_US + G_TIME_SPAN_HOUR);
  start (&rig);
  g_ptr_array_add (rig.readouts, sample_volume ("a", READ_US, 3, 3));
  deliver (&rig, TRUE);
  g_free (names);
  names = sample_list (rig.folder);
  g_assert_cmpstr (names, ==, ".out.reports a_20160606152614.csv b_20160606152614.csv");
  assert_file (
      &rig, "a_20160606152614.csv",
      "#serial-number;device-identification;created;value-data-count;volume,m3,inst-value,0,0,0\n"
      "cellar;08031768;2016-06-06 14:26:02;00;0,001\ncellar;08031768;2016-06-06 14:26:02;00;0,003\n");
  /* nothing more comes: it need not wait */
  g_ptr_array_add (rig.readouts, sample_volume ("c", READ_US, 4, 4));
  deliver (&rig, TRUE);
  amsel_exporter_finish (rig.exporter);
  deliver (&rig, TRUE);
  assert_file (&rig, "c_20160606152614.csv",
               "#serial-number;device-identification;created;value-data-count;volume,m3,inst-value,0,0,0\n"
               "cellar;08031768;2016-06-06 14:26:02;00;0,004\n");
  rig_clear (&rig);
}

/* A crash between commit and making, and a name that something has. */
static void
test_crash (void)
{
  g_autofree gchar *first = NULL;
  Rig rig;

  rig_init (&rig, "2101", "file", "all_{made}.csv", "header", FALSE, "columns",
            (const gchar *const[]){ "device-position", NULL }, NULL);
  start (&rig);
  g_ptr_array_add (rig.readouts, sample_volume ("a", READ_US, 1, 1));
  deliver (&rig, FALSE);
  amsel_exporter_stop (rig.exporter);
  first = g_build_filename (rig.folder, "all_20160606142614.csv", NULL);
  g_assert_true (g_file_set_contents (first, "mine", -1, NULL));
  for (guint i = 0; i < 3; i++)
    {
      start (&rig);
      assert_file (&rig, "all_20160606142614-2.csv", "a;0,001\n");
      amsel_exporter_stop (rig.exporter);
    }
  assert_file (&rig, "all_20160606142614.csv", "mine");
  start (&rig);
  g_ptr_array_add (rig.readouts, sample_volume ("b", READ_US, 2, 2));
  deliver (&rig, TRUE);
  assert_file (&rig, "all_20160606142614-3.csv", "b;0,002\n");
  rig_clear (&rig);
}

/* A full disk stops it wherever it is, and nothing is lost or doubled when there is room again. */
static void
test_full (gconstpointer data)
{
  gboolean while_making = data != NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;
  g_auto (GStrv) rows = NULL;
  struct rlimit old, small;
  gchar *state = NULL;
  Rig rig;

  signal (SIGXFSZ, SIG_IGN);
  rig_init (&rig, "2101", "file", "all_{made}.csv", "header", FALSE, "every",
            (gint64) (while_making ? 0 : G_TIME_SPAN_HOUR), NULL);
  start (&rig);
  for (guint i = 1; i <= 100; i++)
    g_ptr_array_add (rig.readouts, sample_volume ("a", READ_US, i, i));
  getrlimit (RLIMIT_FSIZE, &old);
  small = old;
  small.rlim_cur = 1000;
  if (while_making)
    deliver (&rig, FALSE);
  setrlimit (RLIMIT_FSIZE, &small);
  if (while_making)
    g_assert_false (amsel_exporter_committed (rig.exporter, &error));
  else
    g_assert_false (amsel_exporter_export (rig.exporter, rig.readouts, &state, NULL, &error));
  g_assert_error (error, AMSEL_EXPORT_ERROR, AMSEL_EXPORT_ERROR_FULL);
  g_clear_error (&error);
  /* the next start tries again to make the report that is due */
  amsel_exporter_stop (rig.exporter);
  g_assert_cmpint (amsel_exporter_start (rig.exporter, rig.state, &error), ==, !while_making);
  setrlimit (RLIMIT_FSIZE, &old);
  amsel_exporter_stop (rig.exporter);
  start (&rig);
  deliver (&rig, TRUE);
  amsel_exporter_finish (rig.exporter);
  deliver (&rig, TRUE);
  text = sample_read (rig.folder, "all_20160606142614.csv");
  g_assert_nonnull (text);
  rows = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (rows), ==, 101);
  for (guint i = 0; i < 100; i++)
    {
      g_autofree gchar *ending = g_strdup_printf (";00;0,%03u", i + 1);

      g_assert_true (g_str_has_suffix (rows[i], ending));
    }
  rig_clear (&rig);
}

/* a telegram that was joined to a readout had its row when it came, and its time is not that of the meter now
 */
static void
test_joined (void)
{
  g_autoptr (AmselTelegram) present = decode_at (ELECTRICITY, READ_US);
  g_autoptr (AmselTelegram) earlier = decode_at (WATER_WHOLE, READ_US - G_USEC_PER_SEC);
  AmselTelegram *telegrams[] = { present, earlier };
  g_autoptr (AmselReadout) other =
      make_readout ("cellar", "water", READ_US, telegrams, 2, AMSEL_QUALITY_GOOD);
  AmselReadoutInfo info = *amsel_readout_get_info (other);
  AmselReadout *readout;
  AmselDate date;
  Rig rig;

  g_assert_false (amsel_readout_is_joined (other, 1)); /* when it began is not known */
  g_assert_true (amsel_readout_get_meter_time (other, &date));
  info.start_us = READ_US;
  readout = amsel_readout_new (&info, telegrams, 2, 1);
  g_assert_false (amsel_readout_is_joined (readout, 0));
  g_assert_true (amsel_readout_is_joined (readout, 1));
  g_assert_false (amsel_readout_is_joined (readout, 2));
  g_assert_false (amsel_readout_get_meter_time (readout, &date));
  rig_init (&rig, "3104", "zone", "Europe/Prague", NULL);
  start (&rig);
  g_ptr_array_add (rig.readouts, readout);
  deliver (&rig, TRUE);
  assert_file (&rig, "2016_06/15020416_cellar_valuereport_20160606162614_3104.csv",
               BASIC EXTENDED ELECTRICITY_NAMES
               "cellar;15020416;2016-06-06 16:26:02;00;LDR;1;electricity;9;0;0;" ELECTRICITY_VALUES);
  rig_clear (&rig);
}

static void
test_json (void)
{
  g_autoptr (AmselTelegram) telegram = decode (ELECTRICITY);
  g_autofree gchar *whole = amsel_telegram_to_json (telegram, "mbus");
  const gchar *members = strstr (whole, "\"meter\":");
  g_autofree gchar *expected = NULL;
  Rig rig;

  rig_init (&rig, "none", NULL);
  g_object_unref (rig.exporter);
  rig.exporter = g_object_new (CSV_TYPE_EXPORTER, "name", "out", "directory", rig.folder, "sync", FALSE,
                               "layout", 3, "zone", "Europe/Prague", NULL);
  amsel_exporter_set_clock (rig.exporter, AMSEL_CLOCK (rig.clock));
  start (&rig);
  add_telegram (&rig, "cellar", "a \"meter\"", READ_US, ELECTRICITY);
  g_ptr_array_add (rig.readouts, make_readout ("cellar", "7", READ_US, NULL, 0, AMSEL_QUALITY_NO_READING));
  deliver (&rig, TRUE);
  expected = g_strdup_printf (
      "{\"sequence\":1,\"time\":\"2016-06-06T16:26:02+02:00\",\"start\":null,"
      "\"end\":\"2016-06-06T16:26:02.000+02:00\",\"pipeline\":\"house\",\"line\":\"cellar\","
      "\"name\":\"a \\\"meter\\\"\",\"protocol\":\"mbus\",\"quality\":\"good\",\"telegrams\":["
      "{\"raw\":\"684B4B68" ELECTRICITY "8016\",\"received\":null,%s]}\n"
      "{\"sequence\":1,\"time\":\"2016-06-06T16:26:02+02:00\",\"start\":null,"
      "\"end\":\"2016-06-06T16:26:02.000+02:00\",\"pipeline\":\"house\",\"line\":\"cellar\","
      "\"name\":\"7\",\"protocol\":\"mbus\",\"quality\":\"no-reading\",\"error\":{\"domain\":\"mbus-read\","
      "\"code\":131078,\"message\":\"meter 7: no answer; none at all\"},\"telegrams\":[]}\n",
      members);
  assert_file (&rig, "house_2016-06-06.jsonl.part", expected);
  rig_clear (&rig);
}

/* Other settings make the report that waits, in its own folder, before they apply. */
static void
test_other_folder (void)
{
  g_autofree gchar *other = sample_make_folder ();
  Rig rig;

  rig_init (&rig, "2101", "every", (gint64) G_TIME_SPAN_DAY, "file", "all_{made}.csv", NULL);
  start (&rig);
  g_ptr_array_add (rig.readouts, sample_volume ("a", READ_US, 1, 1));
  deliver (&rig, TRUE);
  amsel_exporter_stop (rig.exporter);
  g_object_set (rig.exporter, "directory", other, NULL);
  start (&rig);
  assert_file (&rig, "all_20160606142614.csv",
               "#serial-number;device-identification;created;value-data-count;volume,m3,inst-value,0,0,0\n"
               "cellar;08031768;2016-06-06 14:26:02;00;0,001\n");
  rig_clear (&rig);
  sample_remove_folder (other);
}

/* An exporter that gets a profile, or loses it, ends what it has begun. */
static void
test_change_of_profile (void)
{
  Rig rig;

  rig_init (&rig, "2101", "every", (gint64) G_TIME_SPAN_DAY, "columns",
            (const gchar *const[]){ "device-position", NULL }, NULL);
  start (&rig);
  g_ptr_array_add (rig.readouts, sample_volume ("a", READ_US, 1, 1));
  deliver (&rig, TRUE);
  amsel_exporter_stop (rig.exporter);
  g_object_unref (rig.exporter);
  rig.exporter = g_object_new (CSV_TYPE_EXPORTER, "name", "out", "directory", rig.folder, "sync", FALSE,
                               "line-end", 2, "columns", (const gchar *const[]){ "value", NULL }, NULL);
  amsel_exporter_set_clock (rig.exporter, AMSEL_CLOCK (rig.clock));
  start (&rig);
  assert_file (&rig, "cellar_valuereport_20160606142614_2101.csv",
               "#device-position;volume,m3,inst-value,0,0,0\n"
               "a;0,001\n");
  g_ptr_array_add (rig.readouts, sample_volume ("a", READ_US, 2, 2));
  deliver (&rig, TRUE);
  assert_file (&rig, "heating_2016-06-06.csv.part", "value\n0.002\n");
  amsel_exporter_stop (rig.exporter);
  g_object_set (rig.exporter, "profile", 2101, "columns", NULL, NULL);
  start (&rig);
  assert_file (&rig, "heating_2016-06-06.csv", "value\n0.002\n");
  rig_clear (&rig);
}

static void
test_settings (void)
{
  static const struct
  {
    const gchar *profile;
    const gchar *name;
    const gchar *text;
    const gchar *expected;
  } vectors[] = {
    { "3104", "file", "{date}.csv", "file: a value report" },
    { "3104", "file", "{made}_{date}.csv", "file: a value report" },
    { "3104", "file", "{nosuch}.csv", "no field is called {nosuch}" },
    { "3104", "log", "{nosuch}.txt", "log: " },
    { "none", "file", "{made}.csv", "file: {made}" },
    { "none", "log", "a.txt", "log: is a setting of value reports" },
    { "none", "serial", "1", "serial: is a setting of value reports" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (AmselExporter) exporter = g_object_new (
          CSV_TYPE_EXPORTER, "name", "out", "directory", "/nosuch", vectors[i].name, vectors[i].text,
          "profile", g_str_equal (vectors[i].profile, "none") ? 0 : 3104, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_false (amsel_exporter_check (exporter, &error));
      g_assert_error (error, AMSEL_CONFIG_ERROR, AMSEL_CONFIG_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, vectors[i].expected));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reports/3104", test_3104);
  g_test_add_func ("/reports/2101", test_2101);
  g_test_add_func ("/reports/2109", test_2109);
  g_test_add_func ("/reports/2112", test_2112);
  g_test_add_func ("/reports/3115", test_3115);
  g_test_add_data_func ("/reports/2001", "2001", test_raw);
  g_test_add_data_func ("/reports/3001", "3001", test_raw);
  g_test_add_func ("/reports/latin-1", test_latin_1);
  g_test_add_func ("/reports/every", test_every);
  g_test_add_func ("/reports/crash", test_crash);
  g_test_add_data_func ("/reports/full-disk", NULL, test_full);
  g_test_add_data_func ("/reports/full-disk-while-making", "making", test_full);
  g_test_add_func ("/reports/joined", test_joined);
  g_test_add_func ("/json/lines", test_json);
  g_test_add_func ("/reports/other-folder", test_other_folder);
  g_test_add_func ("/reports/change-of-profile", test_change_of_profile);
  g_test_add_func ("/reports/settings", test_settings);
  return g_test_run ();
}
