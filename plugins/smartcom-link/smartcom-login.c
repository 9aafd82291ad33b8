/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The states of a login, and its lines. */
#include "smartcom-login.h"

#include <string.h>

#define WORD_HELLO     "AMSEL-LINK 1 "
#define WORD_CHALLENGE "CHALLENGE "
#define WORD_PROOF     "PROOF "
#define WORD_WELCOME   "WELCOME "
#define WORD_REFUSED   "REFUSED "

typedef enum
{
  STATE_NONE,
  STATE_CHALLENGE, /* the terminal waits for it */
  STATE_WELCOME,   /* the terminal waits for it */
  STATE_HELLO,     /* the server waits for it */
  STATE_ANSWER,    /* the server looks for the verifier */
  STATE_PROOF,     /* the server waits for it */
  STATE_END,
} State;

struct _SmartcomLogin
{
  State state;
  SmartcomScram scram;
  gchar *password; /* (owned) (nullable): the terminal's */
  gchar nonce[SMARTCOM_NONCE_CHARS];
  gchar line[SMARTCOM_MESSAGE_MAX + 32];
  gsize length;
};

SmartcomLogin *
smartcom_login_new_client (const gchar *serial, const gchar *password, const gchar *nonce, GString *reply)
{
  SmartcomLogin *self = g_new0 (SmartcomLogin, 1);
  g_autofree gchar *first = smartcom_scram_begin (&self->scram, serial, nonce);

  self->state = STATE_CHALLENGE;
  self->password = g_strdup (password);
  g_string_append_printf (reply, WORD_HELLO "%s\n", first);
  return self;
}

SmartcomLogin *
smartcom_login_new_server (const gchar *nonce)
{
  SmartcomLogin *self = g_new0 (SmartcomLogin, 1);

  self->state = STATE_HELLO;
  g_strlcpy (self->nonce, nonce, sizeof self->nonce);
  return self;
}

void
smartcom_login_free (SmartcomLogin *self)
{
  smartcom_scram_clear (&self->scram);
  g_free (self->password);
  g_free (self);
}

const gchar *
smartcom_login_get_serial (const SmartcomLogin *self)
{
  return self->scram.user;
}

void
smartcom_login_refuse (GString *reply, const gchar *why)
{
  g_string_append_printf (reply, WORD_REFUSED "%s\n", why);
}

void
smartcom_login_answer (SmartcomLogin *self, const SmartcomVerifier *verifier, GString *reply)
{
  g_autofree gchar *challenge = NULL;

  g_return_if_fail (self->state == STATE_ANSWER);
  challenge = smartcom_scram_challenge (&self->scram, verifier, self->nonce);
  g_string_append_printf (reply, WORD_CHALLENGE "%s\n", challenge);
  self->state = STATE_PROOF;
}

/* What follows a word; the error says what was expected. */
static const gchar *
after (const gchar *line, const gchar *word, GError **error)
{
  if (g_str_has_prefix (line, word))
    return line + strlen (word);
  g_set_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_SYNTAX,
               "login: expected a line that begins with “%.*s”", (gint) strcspn (word, " "), word);
  return NULL;
}

static SmartcomLoginStatus
handle_challenge (SmartcomLogin *self, const gchar *line, GString *reply, GError **error)
{
  const gchar *challenge = after (line, WORD_CHALLENGE, error);
  g_autofree gchar *proof =
      challenge != NULL ? smartcom_scram_prove (&self->scram, challenge, self->password, error) : NULL;

  if (proof == NULL)
    return SMARTCOM_LOGIN_FAILED;
  g_string_append_printf (reply, WORD_PROOF "%s\n", proof);
  self->state = STATE_WELCOME;
  return SMARTCOM_LOGIN_MORE;
}

static SmartcomLoginStatus
handle_welcome (SmartcomLogin *self, const gchar *line, GError **error)
{
  const gchar *message = after (line, WORD_WELCOME, error);

  if (message == NULL || !smartcom_scram_check_server (&self->scram, message, error))
    return SMARTCOM_LOGIN_FAILED;
  self->state = STATE_END;
  return SMARTCOM_LOGIN_DONE;
}

static SmartcomLoginStatus
handle_hello (SmartcomLogin *self, const gchar *line, GError **error)
{
  const gchar *first = after (line, WORD_HELLO, error);

  if (first == NULL || !smartcom_scram_receive (&self->scram, first, error))
    return SMARTCOM_LOGIN_FAILED;
  self->state = STATE_ANSWER;
  return SMARTCOM_LOGIN_WANTED;
}

static SmartcomLoginStatus
handle_proof (SmartcomLogin *self, const gchar *line, GString *reply, GError **error)
{
  const gchar *proof = after (line, WORD_PROOF, error);
  g_autofree gchar *message = proof != NULL ? smartcom_scram_check_client (&self->scram, proof, error) : NULL;

  if (message == NULL)
    return SMARTCOM_LOGIN_FAILED;
  g_string_append_printf (reply, WORD_WELCOME "%s\n", message);
  self->state = STATE_END;
  return SMARTCOM_LOGIN_DONE;
}

static SmartcomLoginStatus
handle_line (SmartcomLogin *self, const gchar *line, GString *reply, GError **error)
{
  if ((self->state == STATE_CHALLENGE || self->state == STATE_WELCOME)
      && g_str_has_prefix (line, WORD_REFUSED))
    {
      g_set_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_REFUSED, "the server refuses: %s",
                   line + strlen (WORD_REFUSED));
      return SMARTCOM_LOGIN_FAILED;
    }
  switch (self->state)
    {
    case STATE_CHALLENGE:
      return handle_challenge (self, line, reply, error);
    case STATE_WELCOME:
      return handle_welcome (self, line, error);
    case STATE_HELLO:
      return handle_hello (self, line, error);
    case STATE_PROOF:
      return handle_proof (self, line, reply, error);
    case STATE_NONE:
    case STATE_ANSWER:
    case STATE_END:
    default:
      g_set_error_literal (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_SYNTAX,
                           "login: a line came that nobody waits for");
      return SMARTCOM_LOGIN_FAILED;
    }
}

/* Printable characters only: a line goes into messages and logs. */
static gboolean
add_character (SmartcomLogin *self, guint8 byte, GError **error)
{
  if (byte >= ' ' && byte < 0x7F && self->length < sizeof self->line - 1)
    {
      self->line[self->length++] = (gchar) byte;
      return TRUE;
    }
  g_set_error (error, SMARTCOM_LINK_ERROR, SMARTCOM_LINK_ERROR_SYNTAX,
               self->length < sizeof self->line - 1
                   ? "login: byte %02Xh, which is no text: this is no terminal, or its encryption differs"
                   : "login: a line is too long, at byte %02Xh",
               byte);
  return FALSE;
}

SmartcomLoginStatus
smartcom_login_feed (SmartcomLogin *self, const guint8 *data, gsize length, gsize *used, GString *reply,
                     GError **error)
{
  SmartcomLoginStatus status = SMARTCOM_LOGIN_MORE;

  for (*used = 0; *used < length && status == SMARTCOM_LOGIN_MORE;)
    {
      guint8 byte = data[(*used)++];

      if (byte == '\r' || (byte == '\n' && self->length == 0))
        continue;
      if (byte != '\n')
        {
          if (!add_character (self, byte, error))
            return SMARTCOM_LOGIN_FAILED;
          continue;
        }
      self->line[self->length] = '\0';
      self->length = 0;
      status = handle_line (self, self->line, reply, error);
    }
  return status;
}
