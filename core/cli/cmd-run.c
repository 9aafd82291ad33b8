/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* amsel run: runs the pipelines of a configuration, for ever, for a while, or once.
 *
 * SIGTERM and SIGINT stop it: what was read is stored and delivered. SIGHUP reads the configuration again:
 * one with errors is refused and the old one goes on; a good one replaces it, and nothing is lost in between,
 * since everything that counts is in the store. */
#include <glib-unix.h>
#include <stdio.h>
#include <unistd.h>

#include "cli-config.h"
#include "cli.h"
#include "notify.h"

/* How long exporters may take to deliver what is left when the program is told to stop. */
#define DRAIN_US (10 * G_USEC_PER_SEC)

/* Most turns of the main loop for messages that came while the program was stopping. */
#define MESSAGES_MAX 1000

typedef struct
{
  const gchar *path;   /* (unowned) */
  AmselEngine *engine; /* (owned) */
  GMainLoop *loop;     /* (owned) */
  gboolean once;
  gboolean failed;   /* it cannot go on */
  gboolean stopping; /* nothing is reloaded any more */
  gboolean terminal;
  guint n_readouts;
} Run;

static void
on_notice (AmselEngine *engine G_GNUC_UNUSED, const gchar *message, gpointer user_data G_GNUC_UNUSED)
{
  fprintf (stderr, "amsel: %s\n", message);
}

static void
on_problem (AmselEngine *engine G_GNUC_UNUSED, const gchar *message, gpointer user_data G_GNUC_UNUSED)
{
  fprintf (stderr, "amsel: problem: %s\n", message);
}

/* Once: every meter is worth a line. For years: only what went wrong, which the store has too. */
static void
on_readout (AmselEngine *engine G_GNUC_UNUSED, AmselReadout *readout, gpointer user_data)
{
  Run *run = user_data;
  AmselQuality quality = amsel_readout_get_quality (readout);

  run->n_readouts++;
  if (run->once && quality != AMSEL_QUALITY_GOOD)
    fprintf (stderr, "%samsel: %s/%s: %s: %s\n", run->terminal ? "\r\033[K" : "",
             amsel_readout_get_pipeline (readout), amsel_readout_get_meter (readout),
             amsel_quality_get_name (quality), amsel_readout_get_error_message (readout));
  if (run->once && run->terminal)
    fprintf (stderr, "\r%u read, %" G_GUINT64_FORMAT " failed", run->n_readouts,
             amsel_engine_get_n_failed (run->engine));
}

static void
connect_engine (Run *run)
{
  g_signal_connect (run->engine, "notice", G_CALLBACK (on_notice), run);
  g_signal_connect (run->engine, "problem", G_CALLBACK (on_problem), run);
  g_signal_connect (run->engine, "readout", G_CALLBACK (on_readout), run);
}

static gboolean
on_stop (gpointer user_data)
{
  Run *run = user_data;

  amsel_engine_quit (run->engine);
  g_main_loop_quit (run->loop);
  return G_SOURCE_CONTINUE;
}

/* Puts an engine in the place of the one that runs. What is not delivered yet is in the store, so nobody is
 * waited for. */
static gboolean
replace_engine (Run *run, AmselEngine *next)
{
  g_autoptr (AmselEngine) old = g_steal_pointer (&run->engine);
  g_autoptr (GError) error = NULL;

  amsel_engine_stop (old, 0);
  run->engine = g_object_ref (next);
  connect_engine (run);
  if (amsel_engine_start (next, &error))
    return TRUE;
  cli_complain ("%s", error->message);
  g_clear_error (&error);
  g_set_object (&run->engine, old);
  if (amsel_engine_start (old, &error))
    return FALSE;
  cli_complain ("%s", error->message);
  run->failed = TRUE;
  g_main_loop_quit (run->loop);
  return FALSE;
}

static gboolean
on_reload (gpointer user_data)
{
  Run *run = user_data;
  g_autofree gchar *reloading = NULL;
  g_autoptr (AmselEngine) next = NULL;

  if (run->once || run->stopping)
    return G_SOURCE_CONTINUE;
  reloading = g_strdup_printf ("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time ());
  notify_send (reloading);
  next = cli_load_engine (run->path);
  if (next != NULL && replace_engine (run, next))
    fprintf (stderr, "amsel: configuration read again\n");
  else if (!run->failed)
    cli_complain ("the new configuration is refused; the old one goes on");
  if (!run->failed)
    notify_send ("READY=1");
  return G_SOURCE_CONTINUE;
}

static gboolean
on_watchdog (gpointer user_data G_GNUC_UNUSED)
{
  notify_send ("WATCHDOG=1");
  return G_SOURCE_CONTINUE;
}

/* Messages of threads that have ended are still on their way. */
static void
tell_rest (void)
{
  for (guint i = 0; i < MESSAGES_MAX && g_main_context_iteration (NULL, FALSE); i++)
    ;
}

/* Returns an exit status. */
static int
run_once (Run *run)
{
  g_autoptr (GError) error = NULL;
  gboolean done = amsel_engine_run_once (run->engine, &error);
  guint64 n_failed = amsel_engine_get_n_failed (run->engine);

  if (run->terminal)
    fprintf (stderr, "\r\033[K");
  tell_rest ();
  if (!done)
    cli_complain ("%s", error->message);
  printf ("%u meters read, %" G_GUINT64_FORMAT " good, %" G_GUINT64_FORMAT " without a good reading\n",
          run->n_readouts, amsel_engine_get_n_good (run->engine), n_failed);
  return done && n_failed == 0 ? CLI_DONE : CLI_FAILED;
}

static int
run_on (Run *run, gint64 for_us)
{
  g_autoptr (GError) error = NULL;
  gint64 watchdog_us = notify_get_watchdog_us ();
  guint watchdog = 0;
  guint end = 0;
  gboolean stopped;

  if (!amsel_engine_start (run->engine, &error))
    {
      cli_complain ("%s", error->message);
      return CLI_FAILED;
    }
  if (for_us > 0)
    end = for_us / G_USEC_PER_SEC < 3600
              ? g_timeout_add ((guint) MAX (for_us / 1000, 1), on_stop, run)
              : g_timeout_add_seconds ((guint) MIN (for_us / G_USEC_PER_SEC, G_MAXUINT), on_stop, run);
  if (watchdog_us > 0)
    watchdog = g_timeout_add ((guint) CLAMP (watchdog_us / 2000, 1, G_MAXUINT), on_watchdog, run);
  notify_send ("READY=1");
  g_main_loop_run (run->loop);
  notify_send ("STOPPING=1");
  run->stopping = TRUE;
  g_clear_handle_id (&watchdog, g_source_remove);
  g_clear_handle_id (&end, g_source_remove);
  stopped = amsel_engine_stop (run->engine, DRAIN_US);
  tell_rest ();
  if (!stopped)
    cli_complain ("stopped before everything was delivered; the rest waits in the store");
  return run->failed ? CLI_FAILED : CLI_DONE;
}

int
cmd_run (int argc, char **argv)
{
  gboolean once = FALSE;
  g_autofree gchar *duration = NULL;
  gint64 for_us = 0;
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "once", 0, 0, G_OPTION_ARG_NONE, &once, "Read everything once, deliver it, and end", NULL },
    { "for", 0, 0, G_OPTION_ARG_STRING, &duration, "End after a while, such as 10m", "DURATION" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  Run run = { 0 };
  guint sources[3];
  int status;

  if (!cli_parse (&argc, &argv, "CONFIG", "Runs the pipelines of a configuration.", entries))
    return CLI_USAGE;
  if (argc != 2
      || (duration != NULL && (once || !amsel_duration_parse (duration, &for_us, &error) || for_us == 0)))
    {
      cli_complain ("%s; see “amsel run --help”", error != NULL ? error->message
                                                  : argc != 2   ? "expected one configuration file"
                                                  : once        ? "--once and --for exclude each other"
                                                                : "--for: expected more than 0 s");
      return CLI_USAGE;
    }
  run.path = argv[1];
  run.once = once;
  run.terminal = isatty (STDERR_FILENO);
  run.engine = cli_load_engine (run.path);
  if (run.engine == NULL)
    return CLI_USAGE;
  connect_engine (&run);
  run.loop = g_main_loop_new (NULL, FALSE);
  sources[0] = g_unix_signal_add (SIGTERM, on_stop, &run);
  sources[1] = g_unix_signal_add (SIGINT, on_stop, &run);
  sources[2] = g_unix_signal_add (SIGHUP, on_reload, &run);
  status = once ? run_once (&run) : run_on (&run, for_us);
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  g_main_loop_unref (run.loop);
  g_object_unref (run.engine);
  return status;
}
