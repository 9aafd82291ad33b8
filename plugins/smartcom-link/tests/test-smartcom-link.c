/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Both sides of the link over the loopback interface: plain and encrypted, refused, and dialled again. */
#include "smartcom-link.h"

#include <string.h>

#include "smartcom-gate.h"

#define SERIAL "50-0663-0027"
#define KEY    "00112233445566778899AABBCCDDEEFF"

typedef struct
{
  SmartcomGate *gate;
  SmartcomLink *link;
  SmartcomChannel *channel; /* (nullable): the server's side of the link */
  SmartcomVerifier verifier;
  const gchar *key; /* that the server has */
  GString *up;      /* what the server received */
  GString *down;    /* what the terminal received */
  GString *said;    /* notices of the terminal */
  GString *refused; /* what the server refused */
  guint n_opened;
  guint n_closed;
} Fixture;

static void
on_up (const guint8 *data, gsize length, gpointer user_data)
{
  g_string_append_len (((Fixture *) user_data)->up, (const gchar *) data, (gssize) length);
}

static void
on_channel_closed (const GError *error G_GNUC_UNUSED, gpointer user_data)
{
  g_clear_pointer (&((Fixture *) user_data)->channel, smartcom_channel_free);
}

static const SmartcomChannelCallbacks channel_callbacks = { on_up, NULL, on_channel_closed };

static void
on_wanted (SmartcomGate *gate, guint64 guest, const gchar *serial, gboolean encrypted, gpointer user_data)
{
  Fixture *f = user_data;

  if (f->key != NULL && !encrypted)
    smartcom_gate_answer (gate, guest, NULL, "encrypt");
  else
    smartcom_gate_answer (gate, guest, g_str_equal (serial, SERIAL) ? &f->verifier : NULL, NULL);
}

static void
on_entered (SmartcomGate *gate G_GNUC_UNUSED, const gchar *serial, SmartcomChannel *channel,
            const guint8 *rest, gsize length, gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_cmpstr (serial, ==, SERIAL);
  g_clear_pointer (&f->channel, smartcom_channel_free);
  f->channel = channel;
  smartcom_channel_set_callbacks (channel, &channel_callbacks, f);
  g_string_append_len (f->up, (const gchar *) rest, (gssize) length);
}

static void
on_refused (SmartcomGate *gate G_GNUC_UNUSED, const gchar *from G_GNUC_UNUSED, const gchar *serial,
            const GError *error, gpointer user_data)
{
  g_string_append_printf (((Fixture *) user_data)->refused, "%s %s\n", serial,
                          amsel_error_get_name (error->domain, error->code));
}

static gboolean
find_key (const gchar *serial, SmartcomKey *out, gpointer user_data)
{
  Fixture *f = user_data;

  return f->key != NULL && g_str_equal (serial, SERIAL) && smartcom_key_parse (f->key, out, NULL);
}

static const SmartcomGateCallbacks gate_callbacks = { on_wanted, on_entered, on_refused, find_key };

static void
on_opened (SmartcomLink *link G_GNUC_UNUSED, gpointer user_data)
{
  ((Fixture *) user_data)->n_opened++;
}

static void
on_down (SmartcomLink *link G_GNUC_UNUSED, const guint8 *data, gsize length, gpointer user_data)
{
  g_string_append_len (((Fixture *) user_data)->down, (const gchar *) data, (gssize) length);
}

static void
on_link_closed (SmartcomLink *link G_GNUC_UNUSED, const GError *error, gpointer user_data)
{
  g_assert_nonnull (error);
  ((Fixture *) user_data)->n_closed++;
}

static void
on_notice (SmartcomLink *link G_GNUC_UNUSED, const gchar *message, gpointer user_data)
{
  g_string_append_printf (((Fixture *) user_data)->said, "%s\n", message);
}

static const SmartcomLinkCallbacks link_callbacks = { on_opened, on_down, NULL, on_link_closed, on_notice };

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const SmartcomGateSettings settings = { .address = "127.0.0.1",
                                          .max_logins = 3,
                                          .login_timeout_us = 60 * G_USEC_PER_SEC,
                                          .clock = amsel_clock_get_system () };

  f->up = g_string_new (NULL);
  f->down = g_string_new (NULL);
  f->said = g_string_new (NULL);
  f->refused = g_string_new (NULL);
  smartcom_verifier_make ("1234", &f->verifier);
  f->gate = smartcom_gate_new (&settings, &gate_callbacks, f, NULL);
  g_assert_nonnull (f->gate);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_clear_pointer (&f->link, smartcom_link_free);
  g_clear_pointer (&f->channel, smartcom_channel_free);
  g_clear_pointer (&f->gate, smartcom_gate_free);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_string_free (f->up, TRUE);
  g_string_free (f->down, TRUE);
  g_string_free (f->said, TRUE);
  g_string_free (f->refused, TRUE);
}

static void
dial (Fixture *f, const gchar *password, const gchar *key)
{
  g_autofree gchar *server = g_strdup_printf ("127.0.0.1:%u", smartcom_gate_get_port (f->gate));
  const SmartcomLinkSettings settings = { .server = server,
                                          .serial = SERIAL,
                                          .password = password,
                                          .key = key,
                                          .retry_min_us = 1000,
                                          .retry_max_us = 10000 };
  g_autoptr (GError) error = NULL;

  f->link = smartcom_link_new (&settings, &link_callbacks, f, &error);
  g_assert_no_error (error);
  smartcom_link_start (f->link);
}

/* Turns the main loop until the text is in the string. */
static void
wait_for (GString *string, const gchar *text)
{
  while (strstr (string->str, text) == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
talk (Fixture *f)
{
  g_autofree gchar *large = g_strnfill (3000000, 'x');

  while (f->n_opened == 0 || f->channel == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (smartcom_channel_send (f->channel, (const guint8 *) "AT\r", 3));
  wait_for (f->down, "AT\r");
  g_assert_true (smartcom_link_send (f->link, (const guint8 *) "OK\r\n", 4));
  wait_for (f->up, "OK\r\n");
  /* more than the system takes at once */
  g_assert_true (smartcom_link_send (f->link, (const guint8 *) large, 3000000));
  g_assert_true (smartcom_link_send (f->link, (const guint8 *) "END", 3));
  wait_for (f->up, "END");
  g_assert_cmpuint (f->up->len, ==, 4 + 3000000 + 3);
  g_assert_cmpuint (smartcom_link_get_queued (f->link), ==, 0);
}

static void
test_plain (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  dial (f, "1234", NULL);
  talk (f);
  g_assert_false (smartcom_channel_is_encrypted (f->channel));
}

static void
test_encrypted (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  if (!smartcom_tls_is_available ())
    {
      g_test_skip ("built without GnuTLS");
      return;
    }
  f->key = KEY;
  dial (f, "1234", KEY);
  talk (f);
  g_assert_true (smartcom_channel_is_encrypted (f->channel));
  g_assert_nonnull (strstr (f->said->str, "encrypted"));
}

/* Each is refused with its name; the terminal is told why, and tells it once however often it tries. */
static void
test_refused (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    const gchar *password;
    const gchar *terminal_key;
    const gchar *server_key;
    const gchar *refused;
    const gchar *said;
  } vectors[] = {
    { "4321", NULL, NULL, SERIAL " password", "unknown serial number or wrong password" },
    { "1234", NULL, KEY, SERIAL " refused", "the server refuses: encrypt" },
    { "1234", "FF112233445566778899AABBCCDDEEFF", KEY, " tls", "the encrypted connection failed" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      gchar *first;

      if (vectors[i].terminal_key != NULL && !smartcom_tls_is_available ())
        continue;
      g_string_truncate (f->said, 0);
      g_string_truncate (f->refused, 0);
      f->key = vectors[i].server_key;
      dial (f, vectors[i].password, vectors[i].terminal_key);
      while (strstr (f->refused->str, vectors[i].refused) == NULL
             || g_strrstr (f->refused->str, vectors[i].refused)
                    == strstr (f->refused->str, vectors[i].refused))
        g_main_context_iteration (NULL, TRUE);
      wait_for (f->said, vectors[i].said);
      first = strstr (f->said->str, vectors[i].said);
      g_assert_null (strstr (first + 1, vectors[i].said));
      g_assert_cmpuint (f->n_opened, ==, 0);
      g_clear_pointer (&f->link, smartcom_link_free);
    }
}

/* The terminal dials again when the server drops it. */
static void
test_again (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  dial (f, "1234", NULL);
  for (guint i = 1; i <= 3; i++)
    {
      while (f->n_opened < i || f->channel == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpuint (f->n_closed, ==, i - 1);
      g_clear_pointer (&f->channel, smartcom_channel_free);
    }
  while (f->n_closed < 3)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (smartcom_link_is_open (f->link));
  g_assert_false (smartcom_link_send (f->link, (const guint8 *) "OK", 2));
}

/* More than may be at the door: the one that came first makes room. */
static void
test_crowd (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  GSocketConnection *crowd[4];

  for (gsize i = 0; i < G_N_ELEMENTS (crowd); i++)
    {
      crowd[i] = g_socket_client_connect_to_host (client, "127.0.0.1",
                                                  (guint16) smartcom_gate_get_port (f->gate), NULL, NULL);
      g_assert_nonnull (crowd[i]);
    }
  wait_for (f->refused, " timeout");
  dial (f, "1234", NULL);
  talk (f);
  for (gsize i = 0; i < G_N_ELEMENTS (crowd); i++)
    g_object_unref (crowd[i]);
}

static void
test_settings (Fixture *f G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  static const SmartcomLinkSettings bad[] = {
    { .server = NULL, .serial = SERIAL },
    { .server = "", .serial = SERIAL },
    { .server = "host:99999999", .serial = SERIAL },
    { .server = "host", .serial = "" },
    { .server = "host", .serial = "50 0663" },
    { .server = "host", .serial = SERIAL, .key = "00" },
    { .server = "host", .serial = SERIAL, .key = "00112233445566778899AABBCCDDEEFG" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (smartcom_link_check (&bad[i], &error));
      g_assert_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_SETTINGS);
    }
}

int
main (int argc, char **argv)
{
  const struct
  {
    const gchar *path;
    void (*function) (Fixture *f, gconstpointer data);
  } tests[] = {
    { "/smartcom/link/plain", test_plain },     { "/smartcom/link/encrypted", test_encrypted },
    { "/smartcom/link/refused", test_refused }, { "/smartcom/link/again", test_again },
    { "/smartcom/link/crowd", test_crowd },     { "/smartcom/link/settings", test_settings },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].function, tear_down);
  return g_test_run ();
}
