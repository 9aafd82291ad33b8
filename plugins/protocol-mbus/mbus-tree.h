/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which secondary addresses to ask for next: the strategy of a search, as a pure object.
 *
 * A mask is a secondary address with open parts. It is answered by nobody, by one meter, or by several; masks
 * with several are split on one of their open parts. docs/search.md tells why it is done in this way.
 *
 *   while (mbus_tree_next (tree, &mask))   select the meters of mask, listen, ask for data
 *     mbus_tree_report (tree, &sighting);
 */
#pragma once

#include "mbus-field.h"

G_BEGIN_DECLS

typedef enum
{
  MBUS_OUTCOME_NONE,
  MBUS_OUTCOME_EMPTY,   /* nobody answered */
  MBUS_OUTCOME_SINGLE,  /* one meter, whose data were read */
  MBUS_OUTCOME_SEVERAL, /* more than one */
} MbusOutcome;

/* What was seen of a mask. */
typedef struct
{
  MbusOutcome outcome;
  guint n_answers; /* with SEVERAL: how many acknowledgements came, each whole and alone; 0 where they overlap
                    */
  guint fullness;  /* with SEVERAL: how much of the time to answer was filled, in thousandths */
  gint64 first_us; /* when the first and the last answer came; 0 where that is not known exactly */
  gint64 last_us;
} MbusSighting;

/* Most masks that are asked for while nothing is found, and for each meter that is found. Far more than any
 * sound line needs: a line on which everything answers must not be searched for ever. */
#define MBUS_TREE_PROBES_MAX      3000
#define MBUS_TREE_PROBES_PER_FIND 1200

typedef struct _MbusTree MbusTree;

/* by_fabrication: splits on the fabrication number instead of the identification number. */
MbusTree *mbus_tree_new (gboolean by_fabrication);
void mbus_tree_free (MbusTree *self);

/* Masks to look into, beside those that are left already. */
void mbus_tree_add (MbusTree *self, const MbusAddress *mask);

/* The next mask; FALSE where there is none. The same one until its sighting is reported. */
gboolean mbus_tree_next (MbusTree *self, MbusAddress *mask);
void mbus_tree_report (MbusTree *self, const MbusSighting *sighting);

/* Whether the line has given false answers: then masks are asked for once more before they are split. */
void mbus_tree_set_noisy (MbusTree *self, gboolean noisy);

/* Asks again for all masks that were empty since the last such pass, and for those that one meter answered.
 */
void mbus_tree_repeat (MbusTree *self, gboolean singles);
/* Asks for the digits A to E wherever digits were split; FALSE where that was done already. */
gboolean mbus_tree_sweep_rare (MbusTree *self);

/* Whether more masks were asked for than can be right. */
gboolean mbus_tree_is_lost (MbusTree *self);
gdouble mbus_tree_get_share (MbusTree *self);
guint mbus_tree_get_n_probes (MbusTree *self);
/* Secondary addresses that several meters share in every part (element-type MbusAddress). */
GArray *mbus_tree_get_shared (MbusTree *self);
/* Whether more meters answered some mask than were found below it. */
gboolean mbus_tree_is_doubtful (MbusTree *self);

/* Masks that are left, as text lines, and back; what is not understood is refused. */
void mbus_tree_save (MbusTree *self, GString *out);
gboolean mbus_tree_restore_line (MbusTree *self, const gchar *line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MbusTree, mbus_tree_free)

G_END_DECLS
